"""The base of the translator's target languages: how expressions and statements are spelled."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar, Literal, NamedTuple

Kind = Literal["real", "int", "bool"]


class Level(IntEnum):
    """Precedence of an expression's outermost operator, equal in all the languages."""

    CHOICE = 0
    AND = 1
    COMPARISON = 2
    SUM = 3
    PRODUCT = 4
    SIGN = 5
    ATOM = 6


class Text(NamedTuple):
    """A spelled expression and its precedence."""

    text: str
    level: Level = Level.ATOM

    def within(self, level: Level) -> str:
        """Return the expression as an operand of an operator of this level."""
        return self.text if self.level >= level else f"({self.text})"


def signed(number: str) -> Text:
    """Return a decimal that may begin with a sign."""
    return Text(number, Level.SIGN if number.startswith("-") else Level.ATOM)


class Parameter(NamedTuple):
    """A parameter of a function."""

    name: str
    kind: Kind


class Language:
    """Spells expressions and statements of a language whose operators round to float32.

    A language with wider numbers overrides ``arithmetic``.

    Attributes:
        comment: the beginning of a comment line.
        indent: one level of indentation.
        primitives: functions for the kernel's primitives that are not spelled in place.
    """

    comment = "//"
    indent = "    "
    primitives: ClassVar[dict[str, str]]

    def constant(self, value: float) -> Text:
        """Spell a finite float32."""
        raise NotImplementedError

    def element(self, array: str, index: int) -> Text:
        """Spell an array's element as a float32."""
        return Text(f"{array}[{index}]")

    def arithmetic(self, operator: str, left: Text, right: Text) -> Text:
        """Spell one of + - * / on float32, rounded to float32."""
        level = Level.SUM if operator in "+-" else Level.PRODUCT
        right_level = Level.PRODUCT if level == Level.SUM else Level.SIGN
        return Text(f"{left.within(level)} {operator} {right.within(right_level)}", level)

    def exclusive_or(self, left: Text, right: Text) -> Text:
        """Spell the exclusive or of two 32-bit integers, in parentheses within any operator."""
        return Text(f"{left.within(Level.ATOM)} ^ {right.within(Level.ATOM)}", Level.CHOICE)

    def negated(self, value: Text) -> Text:
        """Spell the negated number; zeros change their sign too."""
        return Text(f"-{value.within(Level.ATOM)}", Level.SIGN)

    def comparison(self, operator: str, left: Text, right: Text) -> Text:
        """Spell one of < <= > >= == != on float32; all but != are false for NaN."""
        return Text(
            f"{left.within(Level.SUM)} {operator} {right.within(Level.SUM)}", Level.COMPARISON
        )

    def both(self, left: Text, right: Text) -> Text:
        """Spell that both conditions hold."""
        return Text(f"{left.within(Level.AND)} && {right.within(Level.COMPARISON)}", Level.AND)

    def choice(self, condition: Text, yes: Text, no: Text) -> Text:
        """Spell the choice of one of two numbers."""
        yes_no = f"{yes.within(Level.AND)} : {no.within(Level.AND)}"
        return Text(f"{condition.within(Level.AND)} ? {yes_no}", Level.CHOICE)

    def to_int(self, value: Text) -> Text:
        """Spell a conversion to an integer below 2^24, towards zero."""
        raise NotImplementedError

    def to_real(self, value: Text) -> Text:
        """Spell the conversion of an integer to float32."""
        raise NotImplementedError

    def call(self, function: str, arguments: Sequence[Text]) -> Text:
        """Spell a call of one of the kernel's functions or primitives."""
        return Text(f"{function}({', '.join(argument.text for argument in arguments)})")

    def declaration(self, name: str, value: Text, *, changes: bool) -> str:
        """Spell a new variable; changes: whether it is assigned again later."""
        raise NotImplementedError

    def assignment(self, target: str, value: Text) -> str:
        """Spell an assignment to a variable or to an array's element."""
        return f"{target} = {value.text};"

    def result(self, value: Text) -> str:
        """Spell the last statement of a function, which returns a value."""
        return f"return {value.text};"

    def function(
        self, name: str, parameters: Sequence[Parameter], kind: Kind, lines: Sequence[str]
    ) -> str:
        """Spell a function; kind: of its result, lines: its body, not indented."""
        raise NotImplementedError

    def indented(self, lines: Sequence[str], depth: int = 1) -> str:
        """Return the lines of a body as text."""
        return "\n".join(f"{self.indent * depth}{line}" for line in lines)

    def prelude(self, code: str) -> list[str]:
        """Return the primitives that occur in the code."""
        return [text for name, text in self.primitives.items() if name in code]
