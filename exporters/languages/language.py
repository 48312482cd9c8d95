"""How a language spells what the kernel's C says: the base of each one that translate.py writes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar, Literal, NamedTuple

Kind = Literal["real", "int", "bool"]


class Level(IntEnum):
    """How tightly an expression's outermost operator binds, in all the languages alike."""

    CHOICE = 0
    AND = 1
    COMPARISON = 2
    SUM = 3
    PRODUCT = 4
    SIGN = 5
    ATOM = 6


class Text(NamedTuple):
    """An expression as it is spelled."""

    text: str
    level: Level = Level.ATOM

    def within(self, level: Level) -> str:
        """The expression as an operand of an operator of this level."""
        return self.text if self.level >= level else f"({self.text})"


def signed(number: str) -> Text:
    """A decimal, which may begin with a sign."""
    return Text(number, Level.SIGN if number.startswith("-") else Level.ATOM)


class Parameter(NamedTuple):
    """A function's parameter."""

    name: str
    kind: Kind


class Language:
    """Spells expressions and statements whose operators round each result to float32 themselves.

    A language whose numbers are wider overrides ``arithmetic``.
    """

    comment = "//"
    indent = "    "
    # Functions for those of the kernel's primitives that are not spelled in place.
    primitives: ClassVar[dict[str, str]]

    def constant(self, value: float) -> Text:
        """A finite float32."""
        raise NotImplementedError

    def element(self, array: str, index: int) -> Text:
        """An array's number, as a float32."""
        return Text(f"{array}[{index}]")

    def arithmetic(self, operator: str, left: Text, right: Text) -> Text:
        """One of + - * / on float32, rounded to float32."""
        level = Level.SUM if operator in "+-" else Level.PRODUCT
        right_level = Level.PRODUCT if level == Level.SUM else Level.SIGN
        return Text(f"{left.within(level)} {operator} {right.within(right_level)}", level)

    def exclusive_or(self, left: Text, right: Text) -> Text:
        """Of the bits of two whole numbers of 32 bits; in parentheses wherever it stands."""
        return Text(f"{left.within(Level.ATOM)} ^ {right.within(Level.ATOM)}", Level.CHOICE)

    def negated(self, value: Text) -> Text:
        """The number with the other sign, zeros too."""
        return Text(f"-{value.within(Level.ATOM)}", Level.SIGN)

    def comparison(self, operator: str, left: Text, right: Text) -> Text:
        """One of < <= > >= == != on float32; all but != are false for NaN."""
        return Text(
            f"{left.within(Level.SUM)} {operator} {right.within(Level.SUM)}", Level.COMPARISON
        )

    def both(self, left: Text, right: Text) -> Text:
        """Whether both conditions hold."""
        return Text(f"{left.within(Level.AND)} && {right.within(Level.COMPARISON)}", Level.AND)

    def choice(self, condition: Text, yes: Text, no: Text) -> Text:
        """One of two numbers."""
        yes_no = f"{yes.within(Level.AND)} : {no.within(Level.AND)}"
        return Text(f"{condition.within(Level.AND)} ? {yes_no}", Level.CHOICE)

    def to_int(self, value: Text) -> Text:
        """The whole number towards zero; the kernel asks for none beyond 2^24."""
        raise NotImplementedError

    def to_real(self, value: Text) -> Text:
        """A whole number as a float32."""
        raise NotImplementedError

    def call(self, function: str, arguments: Sequence[Text]) -> Text:
        """A function of the kernel's, or an intrinsic of the prelude."""
        return Text(f"{function}({', '.join(argument.text for argument in arguments)})")

    def declaration(self, name: str, value: Text, *, changes: bool) -> str:
        """A new variable. changes: whether it is assigned to later."""
        raise NotImplementedError

    def assignment(self, target: str, value: Text) -> str:
        """Another number for a variable or for an array's element."""
        return f"{target} = {value.text};"

    def result(self, value: Text) -> str:
        """The function's last statement."""
        return f"return {value.text};"

    def function(
        self, name: str, parameters: Sequence[Parameter], kind: Kind, lines: Sequence[str]
    ) -> str:
        """A whole function; kind: of what it gives. Lines are not indented yet."""
        raise NotImplementedError

    def indented(self, lines: Sequence[str], depth: int = 1) -> str:
        """Lines of a body."""
        return "\n".join(f"{self.indent * depth}{line}" for line in lines)

    def prelude(self, code: str) -> list[str]:
        """The primitives that code names."""
        return [text for name, text in self.primitives.items() if name in code]
