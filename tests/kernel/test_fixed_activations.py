"""The integer activations against their definitions, and against their page."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from helpers.oracle import ACTIVATIONS, EXACT
from helpers.parts import ROOT
from wann_edge.kernel import Integers, activate_fixed, activation_names

APPROXIMATED = [name for name in ACTIVATIONS if name not in EXACT]
BITS = {"q15": 16, "q31": 32}
# The format of an argument, in bits below those of a word; of a result: two.
ARGUMENT = {"sin": 1, "cos": 1, "tanh": 4, "gauss": 4, "sigmoid": 5}


@cache
def sweep(dtype: str) -> Integers:
    """For q15 every word, and any number of at most 2^30; for q31 strides, ends and any word."""
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
    """The distance from the exact value, at every word of the sweep."""
    bits = BITS[dtype]
    exact = ACTIVATIONS[name](sweep(dtype) * 2.0 ** (ARGUMENT[name] - bits))
    found = activate_fixed(name, sweep(dtype), wide=dtype == "q31") * 2.0 ** (2 - bits)
    return np.abs(found - exact)


def documented(name: str) -> list[str]:
    """The cells of an activation's row on the page."""
    page = (ROOT / "docs" / "fixed-point.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
    assert len(rows) == 1
    return [cell.strip() for cell in rows[0].strip("|").split("|")][1:]


@pytest.mark.parametrize("dtype", BITS)
@pytest.mark.parametrize("name", APPROXIMATED)
def test_the_page_tells_the_worst_error(name: str, dtype: str) -> None:
    """Of q15 to the digit, for the sweep is complete near 0; of q31 the sweep comes close."""
    told = float(documented(name)[2 + 2 * list(BITS).index(dtype)])
    worst = errors(name, dtype).max()
    assert worst <= told
    assert worst > told * (0.98 if dtype == "q15" else 0.7)


@pytest.mark.parametrize("dtype", BITS)
@pytest.mark.parametrize("name", APPROXIMATED)
def test_the_page_tells_the_argument(name: str, dtype: str) -> None:
    told = documented(name)[1 + 2 * list(BITS).index(dtype)]
    assert told == f"Q{BITS[dtype] - ARGUMENT[name]}"


@pytest.mark.parametrize("dtype", BITS)
@pytest.mark.parametrize("name", EXACT)
def test_exact_or_saturated(name: str, dtype: str) -> None:
    wide = dtype == "q31"
    x = sweep(dtype).astype(np.int64)
    exact = ACTIVATIONS[name](x.astype(np.float64)) * (
        2 ** (BITS[dtype] - 2) if name == "step" else 1
    )
    ends = -(2 ** (BITS[dtype] - 1)), 2 ** (BITS[dtype] - 1) - 1
    found = activate_fixed(name, sweep(dtype), wide=wide)
    np.testing.assert_array_equal(found, np.clip(exact, *ends))


@pytest.mark.parametrize("dtype", BITS)
def test_results_stay_within_what_formats_provide_for(dtype: str) -> None:
    """wann_edge/network/fixed_network.py counts on it, so that sums never overflow."""
    one = 2 ** (BITS[dtype] - 2)
    for name in APPROXIMATED:
        found = activate_fixed(name, sweep(dtype), wide=dtype == "q31")
        most = int(one * (1 + 2.0**-12))
        assert found.max() <= most
        assert found.min() >= (0 if name in {"gauss", "sigmoid"} else -most)


@pytest.mark.parametrize("dtype", BITS)
def test_symmetries(dtype: str) -> None:
    wide, x = dtype == "q31", sweep(dtype)
    for name, sign in (("tanh", -1), ("gauss", 1)):
        there = activate_fixed(name, -x, wide=wide)
        np.testing.assert_array_equal(there, sign * activate_fixed(name, x, wide=wide))


def test_every_activation_has_a_row() -> None:
    assert all(documented(name) for name in activation_names())
