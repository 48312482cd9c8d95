"""Rust and JavaScript, as translate.py writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from wann_edge.exporters.c.contract_lines import decimal
from wann_edge.exporters.languages.language import Kind, Language, Level, Parameter, Text, signed


class Rust(Language):
    """Rust's f32: each operation rounds once, and none are fused."""

    types: ClassVar = {"real": "f32", "int": "i32", "bool": "bool"}
    primitives: ClassVar = {
        "wann_is_finite": """\
fn wann_is_finite(x: f32) -> bool {
    x.is_finite()
}
""",
        "wann_magnitude": """\
fn wann_magnitude(x: f32) -> f32 {
    f32::from_bits(x.to_bits() & 0x7fffffff)
}
""",
        "wann_sign": """\
fn wann_sign(x: f32) -> i32 {
    (x.to_bits() >> 31) as i32
}
""",
        "wann_scaled": """\
fn wann_scaled(x: f32, n: i32) -> f32 {
    f32::from_bits(x.to_bits().wrapping_add((n as u32) << 23))
}
""",
        "wann_negated_if_odd": """\
fn wann_negated_if_odd(x: f32, n: i32) -> f32 {
    if n & 1 != 0 { -x } else { x }
}
""",
    }

    def constant(self, value: float) -> Text:
        """The shortest decimal: Rust reads it as f32."""
        return signed(decimal(value))

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
        "wann_is_finite": """\
function wann_is_finite(x) {
  return Number.isFinite(x);
}
""",
        "wann_magnitude": """\
function wann_magnitude(x) {
  return Math.abs(x);
}
""",
        "wann_sign": """\
function wann_sign(x) {
  return x < 0 || Object.is(x, -0) ? 1 : 0;
}
""",
        "wann_scaled": """\
const wann_float = new Float32Array(1);
const wann_bits = new Int32Array(wann_float.buffer);
function wann_scaled(x, n) {
  wann_float[0] = x;
  wann_bits[0] += n << 23;
  return wann_float[0];
}
""",
        "wann_negated_if_odd": """\
function wann_negated_if_odd(x, n) {
  return (n & 1) !== 0 ? -x : x;
}
""",
    }

    def constant(self, value: float) -> Text:
        """The float64 that is this float32."""
        return signed(repr(value))

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
