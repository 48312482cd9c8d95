"""The activations against their definitions over float32, and against the documentation."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from helpers.doc_tables import table
from helpers.kernel_builds import SPECIAL, bits
from helpers.oracle import DEFINITIONS, EXACT, contract
from wann_edge.kernel import ACTIVATIONS, activate, activation_names

APPROXIMATED = [name for name in DEFINITIONS if name not in EXACT]
ODD, EVEN = ("sin", "tanh", "linear", "inverse"), ("cos", "gauss", "abs")
# The header of the table of special values.
SPECIAL_VALUES = "| name | -inf |"
LARGEST = np.finfo(np.float32).max


@cache
def sweep() -> NDArray[np.float32]:
    """Return finite floats: all exponents and signs, and a dense grid where methods change."""
    strided = np.arange(0, 2**32, 4099).astype(np.uint32).view(np.float32)
    near = [1e-45, 0.25, 0.5, 0.75, 1, 1.5, 2, 6, 6.004, 9.0109, 18.022, 26, 2**22, 2**23, 2**24]
    around = np.array(near, np.float32).view(np.uint32)[:, None] + np.arange(-500, 500)
    dense = np.arange(-20, 20, 1e-4).astype(np.float32)
    some = around.astype(np.uint32).view(np.float32).ravel()
    x: NDArray[np.float32] = np.concatenate([strided, some, -some, dense, SPECIAL])
    return np.compress(np.isfinite(x), x)


def test_the_ten_of_the_paper_in_its_order() -> None:
    assert activation_names() == tuple(DEFINITIONS)


@pytest.mark.parametrize("name", EXACT)
def test_exact(name: str) -> None:
    x = sweep()
    expected = DEFINITIONS[name](x.astype(np.float64)).astype(np.float32)
    got = activate(name, x)
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("name", APPROXIMATED)
def test_approximated_within_4_ulp_or_1e_7(name: str) -> None:
    x = sweep()
    exact = DEFINITIONS[name](x.astype(np.float64))
    off = np.abs(activate(name, x) - exact)
    worst = x[np.argmax(off / contract(exact))]
    assert np.all(off <= contract(exact)), f"worst at {worst!r}"
    assert off.max() > 0


@pytest.mark.parametrize("name", APPROXIMATED)
def test_the_row_states_the_worst_error(name: str) -> None:
    """The row's figure covers all floats; the sweep's comes close and does not exceed it.

    Half counts as close: errors near the worst one are many times denser than the sweep's strides.
    """
    x = sweep()
    off = np.abs(activate(name, x) - DEFINITIONS[name](x.astype(np.float64))).max()
    told = ACTIVATIONS[name].worst_error
    assert told / 2 < off <= told


def test_the_page_has_every_activation() -> None:
    assert list(table("kernel.md", SPECIAL_VALUES)) == list(activation_names())


@pytest.mark.parametrize("name", DEFINITIONS)
def test_special_values_are_those_of_the_page(name: str) -> None:
    x = np.array([-np.inf, -LARGEST, -0.0, 0.0, LARGEST, np.inf, np.nan], np.float32)
    cells = table("kernel.md", SPECIAL_VALUES)[name]
    told = [float(cell.replace("max", str(LARGEST))) for cell in cells]
    np.testing.assert_array_equal(bits(activate(name, x)), bits(np.array(told, np.float32)))


@pytest.mark.parametrize("name", ODD)
def test_odd(name: str) -> None:
    x = sweep()
    np.testing.assert_array_equal(activate(name, -x), -activate(name, x))


@pytest.mark.parametrize("name", EVEN)
def test_even(name: str) -> None:
    x = sweep()
    np.testing.assert_array_equal(activate(name, -x), activate(name, x))


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "gauss"])
def test_bounded(name: str) -> None:
    y = activate(name, sweep())
    assert (y.min(), y.max()) == (-1.0 if name == "tanh" else 0.0, 1.0)


@pytest.mark.parametrize("values", [1.0, [[1.0, 2.0]], np.zeros((0, 2))])
def test_other_shapes_are_refused(values: object) -> None:
    with pytest.raises(ValueError, match="shape"):
        activate("linear", values)  # type: ignore[arg-type]


def test_no_values_give_none() -> None:
    assert activate("tanh", []).shape == (0,)
