"""What the Python targets of the translator share."""

from __future__ import annotations

from collections.abc import Sequence

from wann_edge.exporters.languages.language import Kind, Language, Parameter, Text


class PythonLanguage(Language):
    """Spelling that MicroPython and numpy share."""

    comment = "#"

    def assignment(self, target: str, value: Text) -> str:
        """Spell an assignment."""
        return f"{target} = {value.text}"

    def declaration(self, name: str, value: Text, *, changes: bool) -> str:
        """Spell an assignment, which declares the variable."""
        return self.assignment(name, value)

    def result(self, value: Text) -> str:
        """Spell a return statement."""
        return f"return {value.text}"

    def function(
        self, name: str, parameters: Sequence[Parameter], kind: Kind, lines: Sequence[str]
    ) -> str:
        """Spell a function."""
        given = ", ".join(parameter.name for parameter in parameters)
        return f"def {name}({given}):\n{self.indented(lines)}\n"
