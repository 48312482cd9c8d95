"""Compilers that may fuse products and sums do not fuse those of the header."""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np
import pytest

from helpers.c_headers import (
    build,
    differences,
    header,
    headers,
    library,
    run,
    source,
    standard,
    various_networks,
    weighted_sum,
    write,
)
from wann_edge.exporters.kernel_text import blocks


@pytest.fixture
def fusing(compiler: str) -> tuple[str, ...]:
    """Return flags with which this compiler fuses; skip if the processor cannot."""
    macros = run([compiler, "-march=native", "-dM", "-E", "-x", "c", "/dev/null"]).stdout
    if "__FMA__" not in macros and "__ARM_FEATURE_FMA" not in macros:
        pytest.skip("this processor has no fused multiply-add")
    return "-O3", "-march=native", standard(compiler, "gnu")


def test_the_header_is_not_fused(compiler: str, fusing: tuple[str, ...], tmp_path: Path) -> None:
    networks = [*various_networks()[:2], weighted_sum()]
    built = library(compiler, tmp_path, headers(networks), *fusing)
    assert differences(built, networks, np.random.default_rng(6)) == [0] * len(networks)


def test_without_the_block_the_header_is_fused(
    compiler: str, fusing: tuple[str, ...], tmp_path: Path
) -> None:
    network = weighted_sum()
    text = header(network).replace(blocks()["contraction"], "")
    assert "fp-contract=off" not in text
    built = library(compiler, tmp_path, [text], *fusing)
    assert differences(built, [network], np.random.default_rng(7))[0] > 0


def test_code_around_the_header_is_still_fused(
    compiler: str, fusing: tuple[str, ...], tmp_path: Path
) -> None:
    body = "(float a, float b, float c) { return a * b + c; }\n"
    included = write(tmp_path, [header(weighted_sum())])
    path = source(compiler, tmp_path, "user", f"float before{body}{included}float after{body}")
    target = build(compiler, tmp_path / "user.so", [path], "-shared", "-fPIC", *fusing)
    built = ctypes.CDLL(str(target))
    # For e^2 < 2^-25, (1 + e)(1 - e) - 1 is -e^2 if rounded once, and 0 if rounded twice.
    epsilon = 2.0**-13
    for function in (built.before, built.after):
        function.argtypes, function.restype = [ctypes.c_float] * 3, ctypes.c_float
        assert function(1 + epsilon, 1 - epsilon, -1.0) == -(epsilon**2)
