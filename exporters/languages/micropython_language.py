"""MicroPython as a target of the translator."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from wann_edge.exporters.c.contract_lines import decimal
from wann_edge.exporters.languages.language import Level, Text, signed
from wann_edge.exporters.languages.python_language import PythonLanguage


class MicroPythonLanguage(PythonLanguage):
    """MicroPython, whose numbers are float64 or float32, by board: f() rounds each operation.

    MicroPython reads some decimals with an error of one unit in the last place. Constants of more
    than one digit therefore stand as bytes in the table that ``constants`` returns.
    """

    primitives: ClassVar = {
        "wann_is_finite": """\
def wann_is_finite(x):
    return isfinite(x)
""",
        "wann_magnitude": """\
def wann_magnitude(x):
    return abs(x)
""",
        "wann_sign": """\
def wann_sign(x):
    return 1 if copysign(1.0, x) < 0 else 0
""",
        "wann_scaled": """\
def wann_scaled(x, n):
    return ldexp(x, n)
""",
        "wann_negated_if_odd": """\
def wann_negated_if_odd(x, n):
    return -x if n & 1 else x
""",
    }

    def __init__(self) -> None:
        self._table: dict[str, str] = {}

    def constants(self) -> str:
        """Return the table of the constants so far, a line each."""
        return "\n".join(self._table.values())

    def constant(self, value: float) -> Text:
        """Spell 0, 1 and 2 as digits, and another number by its name in the table."""
        if abs(value) in (0, 1, 2):
            return signed(repr(value))
        octets = np.array([value], "<f4").tobytes()
        name = f"F{octets[::-1].hex().upper()}"
        literal = "".join(f"\\x{octet:02x}" for octet in octets)
        self._table[name] = f'{name} = float_of(b"{literal}")  # {decimal(value)}'
        return Text(name)

    def element(self, array: str, index: int) -> Text:
        """Spell the rounded element: a caller's number may be wider."""
        return Text(f"f({array}[{index}])")

    def arithmetic(self, operator: str, left: Text, right: Text) -> Text:
        """Spell the operation, rounded."""
        return Text(f"f({super().arithmetic(operator, left, right).text})")

    def both(self, left: Text, right: Text) -> Text:
        """Spell ``and``."""
        return Text(f"{left.within(Level.AND)} and {right.within(Level.COMPARISON)}", Level.AND)

    def choice(self, condition: Text, yes: Text, no: Text) -> Text:
        """Spell a conditional expression."""
        parts = (part.within(Level.AND) for part in (yes, condition, no))
        return Text("{} if {} else {}".format(*parts), Level.CHOICE)

    def to_int(self, value: Text) -> Text:
        """Spell a conversion towards zero."""
        return Text(f"int({value.text})")

    def to_real(self, value: Text) -> Text:
        """Spell a conversion, exact up to 2^24."""
        return Text(f"float({value.text})")
