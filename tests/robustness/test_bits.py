"""Single bits of floats, coarse weights, and the choice of faults."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wann_edge.robustness.bits import BITS, flipped, rounded_to
from wann_edge.robustness.faults import FAULTS


@given(st.floats(width=32, allow_nan=False), st.integers(0, 31))
def test_flipping_a_bit_twice_restores_the_number(value: float, bit: int) -> None:
    once = np.float32(flipped(value, bit))
    difference = once.view(np.uint32) ^ np.float32(value).view(np.uint32)
    # A NaN's payload may not survive the conversion to float64; its class does.
    assert np.isnan(once) or difference == 1 << bit
    if not np.isnan(once):
        assert np.float32(flipped(float(once), bit)).tobytes() == np.float32(value).tobytes()


def test_sign_exponent_and_mantissa_are_the_named_bits() -> None:
    assert sorted(bit for bits in BITS.values() for bit in bits) == list(range(32))
    assert flipped(1.5, BITS["sign"][0]) == -1.5
    assert flipped(1.5, BITS["exponent"][0]) == 0.75
    assert flipped(1.0, BITS["mantissa"][-1]) == 1.5


@given(
    st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=20),
    st.sampled_from(FAULTS["weight-bits"].severities),
)
def test_rounded_weights_are_few_and_near(values: list[float], bits: int) -> None:
    rounded = np.array(rounded_to(np.array(values), bits))
    largest = max(map(abs, values))
    if largest == 0:
        assert not rounded.any()
        return
    step = 2.0 ** (math.floor(math.log2(largest)) + 2 - bits)
    words = rounded / step
    assert np.array_equal(words, np.rint(words))
    assert np.abs(words).max() <= 2 ** (bits - 1) - 1
    assert np.abs(rounded - values).max() <= step  # half a step, or saturation at the largest word
