"""Rust, JavaScript, Python for MicroPython, and numpy, as translate.py writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from wann_edge.exporters.c_contract import decimal
from wann_edge.exporters.decimals import decimal64
from wann_edge.exporters.language import Kind, Language, Level, Parameter, Text


class Rust(Language):
    """Rust's f32: each operation rounds once, and none are fused."""

    types: ClassVar = {"real": "f32", "int": "i32", "bool": "bool"}
    primitives: ClassVar = {
        "wann_power_of_two": """\
fn wann_power_of_two(n: i32) -> f32 {
    f32::from_bits(((n + 127) as u32) << 23)
}
""",
        "wann_negate_if_odd": """\
fn wann_negate_if_odd(x: f32, n: i32) -> f32 {
    if n & 1 != 0 { -x } else { x }
}
""",
    }

    def constant(self, value: float) -> Text:
        """The shortest decimal: Rust reads it as f32."""
        return _signed(decimal(value))

    def choice(self, condition: Text, yes: Text, no: Text) -> Text:
        """An expression in Rust."""
        return Text(f"if {condition.text} {{ {yes.text} }} else {{ {no.text} }}", Level.CHOICE)

    def to_int(self, value: Text) -> Text:
        """Towards zero."""
        return Text(f"{value.within(Level.SIGN)} as i32", Level.CHOICE)

    def to_real(self, value: Text) -> Text:
        """Exact to 2^24."""
        return Text(f"{value.within(Level.SIGN)} as f32", Level.CHOICE)

    def declaration(self, name: str, value: Text, *, changes: bool) -> str:
        """A variable, mutable where it must be."""
        return f"let {'mut ' if changes else ''}{name} = {value.text};"

    def result(self, value: Text) -> str:
        """The last expression of a block is its value."""
        return value.text

    def function(
        self, name: str, parameters: Sequence[Parameter], kind: Kind, lines: Sequence[str]
    ) -> str:
        """A private function."""
        given = ", ".join(
            f"{parameter.name}: {self.types[parameter.kind]}" for parameter in parameters
        )
        return f"fn {name}({given}) -> {self.types[kind]} {{\n{self.indented(lines)}\n}}\n"


class JavaScript(Language):
    """Numbers are float64 here, so each operation is rounded by Math.fround.

    The result is that of float32: for + - * / float64 has more than the 2 * 24 + 2 bits that
    make rounding twice harmless (Figueroa 1995).
    """

    indent = "  "
    primitives: ClassVar = {
        "wann_power_of_two": """\
const wann_bits = new Int32Array(1);
const wann_float = new Float32Array(wann_bits.buffer);
function wann_power_of_two(n) {
  wann_bits[0] = (n + 127) << 23;
  return wann_float[0];
}
""",
        "wann_negate_if_odd": """\
function wann_negate_if_odd(x, n) {
  return (n & 1) !== 0 ? -x : x;
}
""",
    }

    def constant(self, value: float) -> Text:
        """The float64 that is this float32."""
        return _signed(repr(value))

    def element(self, array: str, index: int) -> Text:
        """What a caller gives may be wider."""
        return Text(f"fround({array}[{index}])")

    def arithmetic(self, operator: str, left: Text, right: Text) -> Text:
        """Rounded."""
        return Text(f"fround({super().arithmetic(operator, left, right).text})")

    def comparison(self, operator: str, left: Text, right: Text) -> Text:
        """Equality is of three characters."""
        exact = {"==": "===", "!=": "!=="}.get(operator, operator)
        return super().comparison(exact, left, right)

    def to_int(self, value: Text) -> Text:
        """Towards zero, and 0 for -0, as in C."""
        return Text(f"{value.within(Level.SUM)} | 0", Level.CHOICE)

    def to_real(self, value: Text) -> Text:
        """A number already."""
        return value

    def declaration(self, name: str, value: Text, *, changes: bool) -> str:
        """A variable, constant where it can be."""
        return f"{'let' if changes else 'const'} {name} = {value.text};"

    def function(
        self, name: str, parameters: Sequence[Parameter], kind: Kind, lines: Sequence[str]
    ) -> str:
        """A function of the module's own."""
        given = ", ".join(parameter.name for parameter in parameters)
        return f"function {name}({given}) {{\n{self.indented(lines)}\n}}\n"


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
        "wann_power_of_two": """\
def wann_power_of_two(n):
    return ldexp(1.0, n)
""",
        "wann_negate_if_odd": """\
def wann_negate_if_odd(x, n):
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
            return _signed(repr(value))
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
        "wann_power_of_two": """\
def wann_power_of_two(n):
    return ((n + 127) << 23).astype(np.int32).view(f32)
""",
        "wann_negate_if_odd": """\
def wann_negate_if_odd(x, n):
    return np.where(n & 1 != 0, -x, x)
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


def _signed(number: str) -> Text:
    """A decimal, which may begin with a sign."""
    return Text(number, Level.SIGN if number.startswith("-") else Level.ATOM)
