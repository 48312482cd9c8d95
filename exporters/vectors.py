"""Golden vectors: the inputs of every exported self-test, with the kernel's outputs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from wann_edge.kernel import Floats
from wann_edge.network import LARGEST, Input, Network
from wann_edge.system.seeds import Use, fixed_generator

# Besides the network's own weight: both signs, and no powers of two. A product with a power of
# two does not round, so it would hide a wrong order of operations.
_WEIGHTS = (-1.7, 0.3, 1.1)


class Vectors(NamedTuple):
    """Inputs of a self-test, with the kernel's outputs.

    Attributes:
        weights: shared weights, float32 [w].
        observations: float32 [r, inputs].
        expected: float32 [w * r, outputs]; row ``v`` is the kernel's action for weight
            ``v // r`` and observation ``v % r``.
    """

    weights: Floats
    observations: Floats
    expected: Floats


def vectors(network: Network) -> Vectors:
    """Compute the golden vectors of a network with the kernel."""
    weights = np.array([network.shared_weight, *_WEIGHTS], np.float32)
    observations = _observations(network.inputs)
    rows = len(observations)
    expected = network.program.forward(
        np.tile(observations, (len(weights), 1)), np.repeat(weights, rows)
    )
    return Vectors(weights, observations, expected)


def _observations(inputs: tuple[Input, ...]) -> Floats:
    """Return 16 observations: in the declared ranges, at their ends, zero, huge, and not finite."""
    rng = fixed_generator(Use.GOLDEN_VECTORS)
    low, high = np.array([channel.typical_range for channel in inputs]).T
    zero = np.zeros(len(inputs))
    huge = np.where(np.arange(len(inputs)) % 2 == 0, LARGEST, -LARGEST)
    typical = rng.uniform(low, high, (10, len(inputs)))
    typical[0, 0] = math.nan
    typical[1, -1] = math.inf
    typical[2, len(inputs) // 2] = -math.inf
    large = rng.normal(0.0, 1e6, len(inputs))
    return np.vstack([zero, -zero, low, high, huge, large, typical]).astype(np.float32)


def bits_table(rows: Iterable[Floats], line: str) -> str:
    """Return the bits of floats as hexadecimal numbers; ``line`` is the format of a row."""
    texts = (", ".join(f"0x{bits:08x}" for bits in row.view(np.uint32).tolist()) for row in rows)
    return "\n".join(line.format(text) for text in texts)


def octets_table(rows: Iterable[Floats], line: str) -> str:
    """Return the octets of floats, lowest first, as Python bytes; ``line`` formats a row."""
    texts = ("".join(f"\\x{octet:02x}" for octet in row.astype("<f4").tobytes()) for row in rows)
    return "\n".join(line.format(f'b"{text}"') for text in texts)
