"""The activations as operators of an ONNX graph, written through a small protocol."""

from __future__ import annotations

from typing import Protocol

import numpy as np

PI = float(np.float32(np.pi))


class GraphWriter(Protocol):
    """Adds operators and constants to a graph; a value is known by its name."""

    def add(self, operator: str, *sources: str) -> str:
        """Add an operator with one result; return the result's name."""
        ...

    def number(self, value: float) -> str:
        """Add a float32 constant; return its name."""
        ...


def linear(writer: GraphWriter, x: str) -> str:
    """Return x itself."""
    return x


def step(writer: GraphWriter, x: str) -> str:
    """Write 1 where x > 0, else 0."""
    above = writer.add("Greater", x, writer.number(0.0))
    return writer.add("Where", above, writer.number(1.0), writer.number(0.0))


def sin(writer: GraphWriter, x: str) -> str:
    """Write sin(pi x); beyond a quarter turn, as the sine of the rest of the half turn."""
    rest = _rest(writer, x)
    above = writer.add("Min", rest, writer.add("Sub", writer.number(0.5), rest))
    return _sin(writer, writer.add("Max", above, writer.add("Sub", writer.number(-0.5), rest)))


def cos(writer: GraphWriter, x: str) -> str:
    """Write cos(pi x) as the sine of a quarter turn less |rest|."""
    magnitude = writer.add("Abs", _rest(writer, x))
    return _sin(writer, writer.add("Sub", writer.number(0.25), magnitude))


def gauss(writer: GraphWriter, x: str) -> str:
    """Write exp(-x^2 / 2), and 0 from x^2 = 64 on, as in the kernel."""
    square = writer.add("Mul", x, x)
    exp = writer.add("Exp", writer.add("Mul", square, writer.number(-0.5)))
    near = writer.add("Less", square, writer.number(64.0))
    return writer.add("Where", near, exp, writer.number(0.0))


def tanh(writer: GraphWriter, x: str) -> str:
    """Write tanh(x)."""
    return writer.add("Tanh", x)


def sigmoid(writer: GraphWriter, x: str) -> str:
    """Write (tanh(x / 2) + 1) / 2: exactly 0 and 1 for large x, which Sigmoid need not be."""
    half = writer.add("Tanh", writer.add("Mul", x, writer.number(0.5)))
    return writer.add("Add", writer.add("Mul", half, writer.number(0.5)), writer.number(0.5))


def inverse(writer: GraphWriter, x: str) -> str:
    """Write -x."""
    return writer.add("Neg", x)


def absolute(writer: GraphWriter, x: str) -> str:
    """Write |x|."""
    return writer.add("Abs", x)


def relu(writer: GraphWriter, x: str) -> str:
    """Write max(0, x); some runtimes refuse Relu itself on a single value."""
    return writer.add("Max", x, writer.number(0.0))


def _rest(writer: GraphWriter, x: str) -> str:
    """Return x in turns of 2, less the nearest whole number: -1/2 to 1/2, 0 from x = 2^24 on."""
    turns = writer.add("Mul", x, writer.number(0.5))
    return writer.add("Sub", turns, writer.add("Round", turns))


def _sin(writer: GraphWriter, turn: str) -> str:
    """Write sin(2 pi turn) for -1/4 to 1/4, where it is 0 at 0 only.

    Further out it would not be 0 at half turns, because float32 cannot hold pi, and a step
    after it would jump.
    """
    return writer.add("Sin", writer.add("Mul", turn, writer.number(2 * PI)))
