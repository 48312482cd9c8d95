"""The integer activations against their definitions and their rows."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from helpers.oracle import DEFINITIONS, EXACT
from wann_edge.kernel import ACTIVATIONS, Integers, activate_fixed

APPROXIMATED = [name for name in DEFINITIONS if name not in EXACT]
BITS = {"q15": 16, "q31": 32}


@cache
def sweep(dtype: str) -> Integers:
    """Return words. q15: all 16-bit words and some up to 2^30; q31: strides, ends, random words."""
    rng = np.random.default_rng(0)
    if dtype == "q15":
        near = np.arange(-(2**17), 2**17 + 1)
        far = rng.integers(-(2**30), 2**30 + 1, 200_000)
        return np.concatenate([near, far, [-(2**30), 2**30]]).astype(np.int32)
    strided = np.arange(-(2**31) + 1, 2**31, 4093)
    near = np.arange(-100_000, 100_000)
    ends = [-(2**31) + 1, 2**31 - 1, -(2**30), 2**30, -1744830464, 1744830464]
    return np.concatenate([strided, near, near + 2**30, ends]).astype(np.int32)


def errors(name: str, dtype: str) -> NDArray[np.float64]:
    """Return the distance from the exact value at every word of the sweep."""
    bits = BITS[dtype]
    integer_bits = ACTIVATIONS[name].argument_integer_bits
    assert integer_bits is not None
    exact = DEFINITIONS[name](sweep(dtype) * 2.0 ** (1 + integer_bits - bits))
    found = activate_fixed(name, sweep(dtype), wide=dtype == "q31") * 2.0 ** (2 - bits)
    return np.abs(found - exact)


@pytest.mark.parametrize("dtype", BITS)
@pytest.mark.parametrize("name", APPROXIMATED)
def test_the_row_states_the_worst_error(name: str, dtype: str) -> None:
    """For q15 to the digit, because the sweep is complete near 0; for q31 the sweep comes close."""
    told = getattr(ACTIVATIONS[name], f"worst_error_{dtype}")
    worst = errors(name, dtype).max()
    assert worst <= told
    assert worst > told * (0.98 if dtype == "q15" else 0.7)


@pytest.mark.parametrize("dtype", BITS)
@pytest.mark.parametrize("name", EXACT)
def test_exact_or_saturated(name: str, dtype: str) -> None:
    wide = dtype == "q31"
    x = sweep(dtype).astype(np.int64)
    exact = DEFINITIONS[name](x.astype(np.float64)) * (
        2 ** (BITS[dtype] - 2) if ACTIVATIONS[name].is_step else 1
    )
    ends = -(2 ** (BITS[dtype] - 1)), 2 ** (BITS[dtype] - 1) - 1
    found = activate_fixed(name, sweep(dtype), wide=wide)
    np.testing.assert_array_equal(found, np.clip(exact, *ends))


@pytest.mark.parametrize("dtype", BITS)
def test_results_stay_within_the_range_of_their_formats(dtype: str) -> None:
    """wann_edge/network/fixed_network.py relies on this, so that sums never overflow."""
    one = 2 ** (BITS[dtype] - 2)
    for name in APPROXIMATED:
        found = activate_fixed(name, sweep(dtype), wide=dtype == "q31")
        most = int(one * (1 + 2.0**-12))
        assert found.max() <= most
        assert found.min() >= (0 if ACTIVATIONS[name].low == 0 else -most)


@pytest.mark.parametrize("dtype", BITS)
def test_symmetries(dtype: str) -> None:
    wide, x = dtype == "q31", sweep(dtype)
    for name, sign in (("tanh", -1), ("gauss", 1)):
        there = activate_fixed(name, -x, wide=wide)
        np.testing.assert_array_equal(there, sign * activate_fixed(name, x, wide=wide))
