"""Golden vectors: what every exported self-test runs, with the kernel's answers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from wann_edge.kernel import Floats
from wann_edge.network import LARGEST, Input, Network
from wann_edge.system.seeds import Use, fixed_generator

# Beside the network's own: both signs, and no powers of two, which round nothing away and
# would hide a product taken out of order.
_WEIGHTS = (-1.7, 0.3, 1.1)


class Vectors(NamedTuple):
    """weights [w], observations [r, inputs], expected [w * r, outputs], float32.

    Row ``v`` of expected is the kernel's action for weight ``v // r`` and observation ``v % r``.
    """

    weights: Floats
    observations: Floats
    expected: Floats


def vectors(network: Network) -> Vectors:
    """The network's golden vectors, computed by the kernel now."""
    weights = np.array([network.shared_weight, *_WEIGHTS], np.float32)
    observations = _observations(network.inputs)
    rows = len(observations)
    expected = network.program.forward(
        np.tile(observations, (len(weights), 1)), np.repeat(weights, rows)
    )
    return Vectors(weights, observations, expected)


def _observations(inputs: tuple[Input, ...]) -> Floats:
    """16 observations: from the declared ranges, at their ends, zeros, huge, not finite."""
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
    """The bits of floats as hexadecimal numbers, each row in the gap of a line."""
    texts = (", ".join(f"0x{bits:08x}" for bits in row.view(np.uint32).tolist()) for row in rows)
    return "\n".join(line.format(text) for text in texts)


def octets_table(rows: Iterable[Floats], line: str) -> str:
    """The octets of floats, lowest first, as Python's bytes, each row in the gap of a line."""
    texts = ("".join(f"\\x{octet:02x}" for octet in row.astype("<f4").tobytes()) for row in rows)
    return "\n".join(line.format(f'b"{text}"') for text in texts)
