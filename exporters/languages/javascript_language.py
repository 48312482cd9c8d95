"""JavaScript as a target of the translator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from wann_edge.exporters.languages.language import Kind, Language, Level, Parameter, Text, signed


class JavaScriptLanguage(Language):
    """JavaScript, whose numbers are float64: Math.fround rounds each operation.

    Rounding twice gives the result of float32 for + - * /, because float64 has more than
    2 * 24 + 2 bits (Figueroa 1995).
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
        """Spell the float64 that equals this float32."""
        return signed(repr(value))

    def element(self, array: str, index: int) -> Text:
        """Spell the rounded element: a caller's number may be wider."""
        return Text(f"fround({array}[{index}])")

    def arithmetic(self, operator: str, left: Text, right: Text) -> Text:
        """Spell the operation, rounded."""
        return Text(f"fround({super().arithmetic(operator, left, right).text})")

    def comparison(self, operator: str, left: Text, right: Text) -> Text:
        """Spell the comparison; equality without conversions is ``===``."""
        exact = {"==": "===", "!=": "!=="}.get(operator, operator)
        return super().comparison(exact, left, right)

    def to_int(self, value: Text) -> Text:
        """Spell a conversion towards zero that gives 0 for -0, as in C."""
        return Text(f"{value.within(Level.SUM)} | 0", Level.CHOICE)

    def to_real(self, value: Text) -> Text:
        """Return the value: all numbers have one type."""
        return value

    def declaration(self, name: str, value: Text, *, changes: bool) -> str:
        """Spell a variable, constant unless it changes."""
        return f"{'let' if changes else 'const'} {name} = {value.text};"

    def function(
        self, name: str, parameters: Sequence[Parameter], kind: Kind, lines: Sequence[str]
    ) -> str:
        """Spell a function that the module does not export."""
        given = ", ".join(parameter.name for parameter in parameters)
        return f"function {name}({given}) {{\n{self.indented(lines)}\n}}\n"
