"""Rust as a target of the translator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from wann_edge.exporters.c.contract_lines import decimal
from wann_edge.exporters.languages.language import Kind, Language, Level, Parameter, Text, signed


class RustLanguage(Language):
    """Rust with f32: each operation rounds once, and none are fused."""

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
        """Spell the shortest decimal, which Rust reads as f32."""
        return signed(decimal(value))

    def choice(self, condition: Text, yes: Text, no: Text) -> Text:
        """Spell the expression ``if``."""
        return Text(f"if {condition.text} {{ {yes.text} }} else {{ {no.text} }}", Level.CHOICE)

    def to_int(self, value: Text) -> Text:
        """Spell a cast, which rounds towards zero."""
        return Text(f"{value.within(Level.SIGN)} as i32", Level.CHOICE)

    def to_real(self, value: Text) -> Text:
        """Spell a cast, exact up to 2^24."""
        return Text(f"{value.within(Level.SIGN)} as f32", Level.CHOICE)

    def declaration(self, name: str, value: Text, *, changes: bool) -> str:
        """Spell a variable, mutable only where it changes."""
        return f"let {'mut ' if changes else ''}{name} = {value.text};"

    def result(self, value: Text) -> str:
        """Spell the value alone: the last expression of a block is its value."""
        return value.text

    def function(
        self, name: str, parameters: Sequence[Parameter], kind: Kind, lines: Sequence[str]
    ) -> str:
        """Spell a private function."""
        given = ", ".join(
            f"{parameter.name}: {self.types[parameter.kind]}" for parameter in parameters
        )
        return f"fn {name}({given}) -> {self.types[kind]} {{\n{self.indented(lines)}\n}}\n"
