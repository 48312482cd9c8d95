"""Every build of the kernel compiles without a warning and gives the same bits.

No command line forbids contraction: a block of the source does.
"""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from helpers.kernel_builds import KERNEL, PROBES, STRICT, build, digests
from helpers.parts import missing

# ISO C forbids contraction in gcc unless the flag allows it; clang contracts by default.
FREE = [*STRICT, "-march=native", "-ffp-contract=fast"]
# What of -O2 contracts and warns; all of it takes twice as long.
FREE += ["-O1", "-fexpensive-optimizations", "-fstrict-aliasing", "-ftree-vrp"]
BUILDS = {
    "gcc, contraction not forbidden": ("gcc", FREE),
    "clang, contraction not forbidden": ("clang", [*STRICT, "-march=native", "-O1"]),
    "gcc, undefined behaviour stops it": (
        "gcc",
        ["-O0", "-fsanitize=undefined,float-cast-overflow", "-fno-sanitize-recover=all"],
    ),
}


@pytest.fixture(scope="module")
def expected() -> dict[str, str]:
    """Return the digests of the installed library."""
    return digests(None)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Future[dict[str, str]]]:
    """Return the digests of a build with every available compiler; builds run in parallel."""
    folder = tmp_path_factory.mktemp("builds")

    def probed(number: int, compiler: str, flags: list[str]) -> dict[str, str]:
        return digests(build(compiler, flags, folder / f"kernel_{number}.so"))

    with ThreadPoolExecutor(2) as pool:
        return {
            name: pool.submit(probed, number, compiler, flags)
            for number, (name, (compiler, flags)) in enumerate(BUILDS.items())
            if shutil.which(compiler)
        }


@pytest.mark.parametrize("name", BUILDS)
def test_every_build_gives_the_same_bits(
    name: str, found: dict[str, Future[dict[str, str]]], expected: dict[str, str]
) -> None:
    if name not in found:
        missing(BUILDS[name][0], f"{BUILDS[name][0]} is not installed")
    assert found[name].result() == expected


def test_every_width_gives_the_same_bits(expected: dict[str, str]) -> None:
    parts = {name.partition(" in ")[0] for name in expected}
    assert len(set(expected.values())) == len(parts) == len(PROBES)


def test_the_check_sees_contraction(tmp_path: Path, expected: dict[str, str]) -> None:
    """A control: a build of a copy without the block that forbids contraction differs."""
    if shutil.which("gcc") is None:
        missing("gcc", "gcc is not installed")
    ask = ["gcc", "-march=native", "-dM", "-E", "-xc", "/dev/null"]
    if "__FP_FAST_FMAF " not in subprocess.check_output(ask, text=True):
        pytest.skip("this processor has no fused multiply-add")
    source = tmp_path / "kernel"
    shutil.copytree(KERNEL, source, ignore=shutil.ignore_patterns("*.so", "*.py", "__pycache__"))
    real = source / "real.h"
    before, _, rest = real.read_text().partition("/* wann:begin contraction */")
    real.write_text(before + rest.partition("/* wann:end */")[2])
    control = digests(build("gcc", FREE, tmp_path / "control.so", source))
    same = {name for name in expected if control[name] == expected[name]}
    assert not same
