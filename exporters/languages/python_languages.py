"""Python for MicroPython and with numpy, as translate.py writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from wann_edge.exporters.c.contract_lines import decimal
from wann_edge.exporters.decimals import decimal64
from wann_edge.exporters.languages.language import Kind, Language, Level, Parameter, Text, signed


class Python(Language):
    """What MicroPython and CPython share."""

    comment = "#"

    def assignment(self, target: str, value: Text) -> str:
        """Without a semicolon."""
        return f"{target} = {value.text}"

    def declaration(self, name: str, value: Text, *, changes: bool) -> str:
        """An assignment."""
        return self.assignment(name, value)

    def result(self, value: Text) -> str:
        """Without a semicolon."""
        return f"return {value.text}"

    def function(
        self, name: str, parameters: Sequence[Parameter], kind: Kind, lines: Sequence[str]
    ) -> str:
        """A function of the module."""
        given = ", ".join(parameter.name for parameter in parameters)
        return f"def {name}({given}):\n{self.indented(lines)}\n"


class MicroPython(Python):
    """Numbers are float64 or float32, as the board has them, so each operation is rounded by f().

    A decimal is not: MicroPython reads some of them a unit of the last place off. A constant
    of more than a digit stands in the table that ``constants`` writes.
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
        """The table of the constants written so far, a line each."""
        return "\n".join(self._table.values())

    def constant(self, value: float) -> Text:
        """0, 1 and 2 as they stand, another number by its name in the table."""
        if abs(value) in (0, 1, 2):
            return signed(repr(value))
        octets = np.array([value], "<f4").tobytes()
        name = f"F{octets[::-1].hex().upper()}"
        literal = "".join(f"\\x{octet:02x}" for octet in octets)
        self._table[name] = f'{name} = float_of(b"{literal}")  # {decimal(value)}'
        return Text(name)

    def element(self, array: str, index: int) -> Text:
        """What a caller gives may be wider."""
        return Text(f"f({array}[{index}])")

    def arithmetic(self, operator: str, left: Text, right: Text) -> Text:
        """Rounded."""
        return Text(f"f({super().arithmetic(operator, left, right).text})")

    def both(self, left: Text, right: Text) -> Text:
        """Spelled out."""
        return Text(f"{left.within(Level.AND)} and {right.within(Level.COMPARISON)}", Level.AND)

    def choice(self, condition: Text, yes: Text, no: Text) -> Text:
        """An expression in Python."""
        parts = (part.within(Level.AND) for part in (yes, condition, no))
        return Text("{} if {} else {}".format(*parts), Level.CHOICE)

    def to_int(self, value: Text) -> Text:
        """Towards zero."""
        return Text(f"int({value.text})")

    def to_real(self, value: Text) -> Text:
        """Exact to 2^24."""
        return Text(f"float({value.text})")


class Numpy(Python):
    """Arrays of float32, an element for each observation of a batch."""

    primitives: ClassVar = {
        "wann_is_finite": """\
def wann_is_finite(x):
    return np.isfinite(x)
""",
        "wann_magnitude": """\
def wann_magnitude(x):
    return np.abs(x)
""",
        "wann_sign": """\
def wann_sign(x):
    return np.signbit(x).astype(np.int32)
""",
        "wann_scaled": """\
def wann_scaled(x, n):
    return (x.view(np.int32) + (n << 23)).view(f32)
""",
        "wann_negated_if_odd": """\
def wann_negated_if_odd(x, n):
    return np.where((n & 1) != 0, -x, x)
""",
    }

    def constant(self, value: float) -> Text:
        """Typed, for a bare number makes a scalar float64 of a scalar float32 before numpy 2."""
        return Text(f"f32({decimal64(value)})")

    def element(self, array: str, index: int) -> Text:
        """A column of the batch, which the caller has rounded."""
        return Text(f"{array}[:, {index}]")

    def both(self, left: Text, right: Text) -> Text:
        """Element by element; this operator binds more tightly than comparisons."""
        return Text(f"{left.within(Level.ATOM)} & {right.within(Level.ATOM)}", Level.AND)

    def choice(self, condition: Text, yes: Text, no: Text) -> Text:
        """Element by element."""
        return self.call("np.where", (condition, yes, no))

    def to_int(self, value: Text) -> Text:
        """Towards zero."""
        return Text(f"{value.within(Level.ATOM)}.astype(np.int32)")

    def to_real(self, value: Text) -> Text:
        """Exact to 2^24."""
        return Text(f"{value.within(Level.ATOM)}.astype(f32)")

    def assignment(self, target: str, value: Text) -> str:
        """An action's number is a column of the batch."""
        return super().assignment(target.replace("action[", "action[:, "), value)
