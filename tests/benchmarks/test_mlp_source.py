"""The C sources of dense networks compute the actions of the networks."""

from __future__ import annotations

import ctypes
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks.mlp import emlearn_source, loop_source, random_mlp
from helpers.parts import missing
from wann_edge.kernel import Floats
from wann_edge.verify.emulated.toolchain import run_compiler

SIZES = [5, 7, 4, 2]


def run(source: str, place: Path, include: str, seen: Floats) -> Floats:
    """Return the actions [n, outputs] of ``step``, compiled for the host."""
    (place / "step.c").write_text(source)
    built = place / "step.so"
    includes = [f"-I{place}", *([f"-I{include}"] if include else [])]
    command = ["gcc", "-std=c99", "-O2", "-shared", "-fPIC", *includes, "-o", str(built)]
    run_compiler([*command, str(place / "step.c"), "-lm"], "gcc")
    step = ctypes.CDLL(str(built)).step
    actions: Floats = np.empty((len(seen), SIZES[-1]), np.float32)
    for row, action in zip(seen, actions, strict=True):
        step(ctypes.c_void_p(row.ctypes.data), ctypes.c_void_p(action.ctypes.data))
    return actions


@pytest.mark.parametrize("way", ["tanhf", "own tanh", "emlearn"])
def test_the_source_computes_the_networks_actions(way: str, tmp_path: Path) -> None:
    """The reference is float64 in numpy; emlearn prints weights with six decimals."""
    rng = np.random.default_rng(3)
    mlp, include = random_mlp(SIZES, rng), ""
    seen = rng.normal(size=(200, SIZES[0])).astype(np.float32)
    if way == "emlearn":
        absent = [name for name in ("emlearn", "sklearn") if find_spec(name) is None]
        if absent:
            missing("bench", f'{absent[0]} is not installed: pip install "wann-edge[bench]"')
        before = np.geterr()
        source, include = emlearn_source(mlp, tmp_path)
        assert np.geterr() == before, "other code's floats are not emlearn's to judge"
    else:
        source = loop_source(mlp, own_tanh=way == "own tanh")
    found = run(source, tmp_path, include, seen)
    assert np.abs(found - mlp.forward(seen)).max() < (1e-4 if way == "emlearn" else 2e-6)
    assert np.ptp(found) > 0.5
