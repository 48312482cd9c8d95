"""Python with numpy as a target of the translator."""

from __future__ import annotations

from typing import ClassVar

from wann_edge.exporters.decimals import decimal64
from wann_edge.exporters.languages.language import Level, Text
from wann_edge.exporters.languages.python_language import PythonLanguage


class NumpyLanguage(PythonLanguage):
    """Numpy arrays of float32 with an element for each observation of a batch."""

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
        """Spell a typed constant: before numpy 2, a plain number widens float32 to float64."""
        return Text(f"f32({decimal64(value)})")

    def element(self, array: str, index: int) -> Text:
        """Spell a column of the batch, which is rounded already."""
        return Text(f"{array}[:, {index}]")

    def both(self, left: Text, right: Text) -> Text:
        """Spell ``&`` for each element; it binds more tightly than comparisons."""
        return Text(f"{left.within(Level.ATOM)} & {right.within(Level.ATOM)}", Level.AND)

    def choice(self, condition: Text, yes: Text, no: Text) -> Text:
        """Spell ``np.where``."""
        return self.call("np.where", (condition, yes, no))

    def to_int(self, value: Text) -> Text:
        """Spell a conversion towards zero."""
        return Text(f"{value.within(Level.ATOM)}.astype(np.int32)")

    def to_real(self, value: Text) -> Text:
        """Spell a conversion, exact up to 2^24."""
        return Text(f"{value.within(Level.ATOM)}.astype(f32)")

    def assignment(self, target: str, value: Text) -> str:
        """Spell an assignment; a component of the action is a column of the batch."""
        return super().assignment(target.replace("action[", "action[:, "), value)
