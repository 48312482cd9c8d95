"""Measure the worst error of each approximated activation, over every finite float32.

Run:  python -m benchmarks.worst_errors [--json]   (some minutes)

The reference is numpy's float64. For sin(pi x) and cos(pi x) it takes x modulo 2 first, which
is exact.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import machine, show
from wann_edge.kernel import activate
from wann_edge.kernel.activations import ACTIVATIONS

BLOCK_BITS = 22
# The bits of infinity; those of all finite floats without their sign are below.
INFINITY = 0x7F800000
NAMES = [name for name, row in ACTIVATIONS.items() if not row.is_exact]
Reals = NDArray[np.float64]


def exact(name: str, x: Reals) -> Reals:
    """Return the activation in float64."""
    if name in ("sin", "cos"):
        turned = np.pi * np.fmod(x, 2.0)
        wave: Reals = np.sin(turned) if name == "sin" else np.cos(turned)
        return wave
    if name == "gauss":
        return np.exp(-0.5 * np.minimum(np.abs(x), 1e3) ** 2)
    if name == "tanh":
        return np.tanh(x)
    if name == "sigmoid":
        return 0.5 + 0.5 * np.tanh(0.5 * x)
    raise KeyError(name)


def worst_of(name: str, first: int) -> tuple[float, float]:
    """Return the largest error in a block of floats, and its argument."""
    bits = np.arange(first, first + 2**BLOCK_BITS, dtype=np.uint64).astype(np.uint32)
    x = bits.view(np.float32)
    errors = np.abs(activate(name, x).astype(np.float64) - exact(name, x.astype(np.float64)))
    place = int(np.argmax(errors))
    return float(errors[place]), float(x[place])


def main() -> None:
    """Print one row per activation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    asked = parser.parse_args()
    firsts = [sign + start for sign in (0, 2**31) for start in range(0, INFINITY, 2**BLOCK_BITS)]
    rows: list[dict[str, object]] = []
    with ProcessPoolExecutor() as pool:
        for name in NAMES:
            found = max(pool.map(partial(worst_of, name), firsts))
            rows.append(
                {"activation": name, "worst error": f"{found[0]:.3e}", "at": f"{found[1]:.9g}"}
            )
    floats = f"{len(firsts) * 2**BLOCK_BITS:,}"
    show(machine() | {"floats": floats}, rows, as_json=asked.json)


if __name__ == "__main__":
    main()
