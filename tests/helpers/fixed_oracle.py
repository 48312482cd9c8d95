"""Evaluates a network in fixed point with Python's integers.

Formats and rounding follow docs/fixed-point.md. Only the activations are the kernel's; they
have tests of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wann_edge.kernel import activate_fixed
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.network.number_formats import NumberFormat


def nearest(value: int, shift: int) -> int:
    """Return value / 2^shift rounded to the nearest, halves upwards."""
    return (value + (2**shift >> 1)) >> shift


def walk(network: FixedNetwork, observation: Sequence[int], weight: int) -> list[int]:
    """Return the words of the actions; fail if a sum or a product overflows its register."""
    wide = network.dtype == "q31"
    one = 2**30 if wide else 2**14
    values = [one, *observation]
    for activation, sources, format in zip(
        network.activations, network.sources, network.formats, strict=True
    ):
        total = _sum(network, values, [source for source, _ in sources], format)
        x = _scaled(wide, activation in {"sin", "cos"}, total, weight, format)
        given = np.array([x], np.int64).astype(np.int32)
        values.append(int(activate_fixed(activation, given, wide=wide)[0]))
    first = len(values) - len(network.outputs)
    bounds = [network.output_words(index) for index in range(len(network.outputs))]
    return [
        min(max(values[first + index], low), high) for index, (low, high, _) in enumerate(bounds)
    ]


def _sum(network: FixedNetwork, values: list[int], sources: list[int], format: NumberFormat) -> int:
    total = 0
    for source, term in zip(sources, format.terms, strict=True):
        if network.weights is None:
            total += values[source] << term if term >= 0 else values[source] >> -term
        else:
            total += values[source] * term >> (31 if network.dtype == "q31" else 0)
        assert -(2**31) <= total < 2**31
    return total


def _scaled(wide: bool, periodic: bool, total: int, weight: int, format: NumberFormat) -> int:
    if wide:
        product = total * weight >> format.product_shift
        if periodic:
            return (product + 2**31) % 2**32 - 2**31
        return min(max(product, -(2**31) + 1), 2**31 - 1)
    narrow = nearest(total, format.sum_shift)
    if format.fits:
        assert -(2**15) <= narrow < 2**15
    narrow = min(max(narrow, -(2**15)), 2**15 - 1)
    assert abs(narrow * weight) <= 2**30
    return nearest(narrow * weight, format.product_shift)
