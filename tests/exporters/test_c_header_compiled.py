"""The C header under real compilers: no warnings, the kernel's bits, effective self-tests."""

from __future__ import annotations

import ctypes
import platform
import re
from pathlib import Path

import numpy as np
import pytest

from helpers.c_headers import (
    HOSTILE,
    STRICT,
    address,
    build,
    differences,
    failed_selftests,
    header,
    headers,
    library,
    observations,
    run,
    source,
    standard,
    various_networks,
    weighted_sum,
    write,
)
from helpers.fixed_networks import fixed_of
from helpers.networks import random_network
from wann_edge.kernel import Floats
from wann_edge.network import Input, Network, Output


@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2", "-O3", "-Os"])
def test_builds_clean_and_passes_its_selftest(compiler: str, level: str, tmp_path: Path) -> None:
    flags = (standard(compiler), level, *STRICT)
    assert failed_selftests(compiler, tmp_path, headers(various_networks()), *flags) == 0


def test_gives_the_kernels_bits(compiler: str, tmp_path: Path) -> None:
    networks = various_networks()
    used = {name for network in networks for name in network.without_dead_nodes().activations}
    assert len(used) == 10
    built = library(compiler, tmp_path, headers(networks), standard(compiler), "-O2", *STRICT)
    assert differences(built, networks, np.random.default_rng(5)) == [0] * len(networks)


def test_selftest_detects_one_changed_bit(tmp_path: Path) -> None:
    text = header(weighted_sum())
    start = text.index("expected[")
    word = next(w for w in re.findall(r"0x\w{8}u", text[start:]) if w != "0x00000000u")
    flipped = f"0x{int(word[:-1], 16) ^ 1:08x}u"
    broken = text[:start] + text[start:].replace(word, flipped, 1)
    assert failed_selftests("gcc", tmp_path, [broken], "-std=c99", *STRICT) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        "(n1*0.1f + n2*1.7f + n2*-0.3f) * shared_weight",  # another source
        "(n1*0.1f + n3*-0.3f + n2*1.7f) * shared_weight",  # another order of the sum
        "(n1*shared_weight*0.1f + n2*shared_weight*1.7f + n3*shared_weight*-0.3f)",
    ],
)
def test_selftest_detects_a_changed_sum(wrong: str, tmp_path: Path) -> None:
    right, text = "(n1*0.1f + n2*1.7f + n3*-0.3f) * shared_weight", header(weighted_sum())
    assert text.count(right) == 1
    broken = text.replace(right, wrong)
    assert failed_selftests("gcc", tmp_path, [broken], "-std=c99") > 0


def test_two_sources_with_two_policies_link(compiler: str, tmp_path: Path) -> None:
    included = write(tmp_path, headers(various_networks()[:2]), "SELFTEST")
    *defines, one, two = included.splitlines()
    total = "(void) { return p0_selftest() + p1_selftest(); }"
    first = [*defines, one, two, one, "int other(void);", f"int other{total}", ""]
    main = "int main(void) { return other() + own(); }"
    second = [*defines, two, one, "int other(void);", f"static int own{total}", main, ""]
    paths = [
        source(compiler, tmp_path, name, "\n".join(lines))
        for name, lines in (("first", first), ("second", second))
    ]
    program = build(compiler, tmp_path / "both", paths, standard(compiler), "-O1", *STRICT)
    assert run([program]).returncode == 0


@pytest.mark.parametrize("level", ["-O0", "-Os"])
def test_needs_no_library_and_no_static_memory(compiler: str, level: str, tmp_path: Path) -> None:
    texts = headers(various_networks()[1:])
    functions = "".join(
        f"void act_{i}(const float *x, float *y);\n"
        f"void act_{i}(const float *x, float *y) {{ p{i}_step(x, y); }}\n"
        for i in range(len(texts))
    )
    path = source(compiler, tmp_path, "act", write(tmp_path, texts) + functions)
    built = build(compiler, tmp_path / "act.o", [path], "-c", standard(compiler), level)
    assert run(["nm", "-u", built]).stdout == ""
    symbols = [line.split() for line in run(["nm", built]).stdout.splitlines()]
    assert {"act_0", "act_2"} <= {symbol[-1] for symbol in symbols}
    data, bss = run(["size", built]).stdout.splitlines()[1].split()[1:3]
    assert (data, bss) == ("0", "0")


@pytest.mark.parametrize(("given", "weight"), [("0.3", 0.3), ("-1", -1.0), ("0.25f", 0.25)])
def test_weight_overridden_at_compile_time(given: str, weight: float, tmp_path: Path) -> None:
    network = various_networks()[0]
    text = write(tmp_path, [header(network)])
    text += "void act(const float *x, float *y);\nvoid act(const float *x, float *y)\n"
    path = source("gcc", tmp_path, "act", text + "{ p0_step(x, y); }\n")
    flags = ("-shared", "-fPIC", "-std=c99", f"-DP0_SHARED_WEIGHT={given}", *STRICT)
    act = ctypes.CDLL(str(build("gcc", tmp_path / "act.so", [path], *flags))).act
    for seen in observations(network, np.random.default_rng(8), 60):
        action: Floats = np.empty(3, np.float32)
        act(address(seen), address(action))
        expected = network.program.forward(seen[np.newaxis], [weight])[0]
        assert action.tobytes() == expected.tobytes()


def test_observation_and_action_may_share_memory(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(9), inputs=3, outputs=3, density=0.8)
    built = library("gcc", tmp_path, [header(network)], "-std=c99", "-O2", *STRICT)
    weight = np.array([0.7], np.float32)
    seen = np.array([[0.5, -0.25, 1.5]], np.float32)
    expected = network.program.forward(seen, weight)
    built.rows_0(1, address(weight), address(seen), address(seen))
    assert seen.tobytes() == expected.tobytes()


WIDER = pytest.param(
    "-m32 -mfpmath=387 -mno-sse -ffreestanding",
    marks=pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86 has the 387"),
)


PARTS = ["-ffinite-math-only", "-freciprocal-math", "-fno-signed-zeros"]


@pytest.mark.parametrize("flags", ["-ffast-math", *PARTS, WIDER])
def test_refuses_flags_that_change_the_bits(flags: str, tmp_path: Path) -> None:
    path = source("gcc", tmp_path, "act", write(tmp_path, [header(weighted_sum())]))
    made = run(["gcc", "-std=gnu99", *flags.split(), "-fsyntax-only", path])
    assert made.returncode != 0
    assert '#error "wann-edge:' in made.stderr


def test_refuses_headers_with_different_kernels(tmp_path: Path) -> None:
    one, two = headers([weighted_sum()] * 2)
    other = re.sub(r"(WANN_TEXT_LINEAR (?:!= )?)0x\w{8}", r"\g<1>0x00000001", two)
    assert other != two
    path = source("gcc", tmp_path, "act", write(tmp_path, [one, other]))
    made = run(["gcc", "-std=c99", "-fsyntax-only", path])
    assert made.returncode != 0
    assert "two headers carry different kernels" in made.stderr


def test_hostile_names_change_no_code(compiler: str, tmp_path: Path) -> None:
    size = len(HOSTILE)
    network = Network(
        inputs=tuple(Input(name, unit=name) for name in HOSTILE),
        outputs=tuple(Output(name, unit=name, low=-1.0, high=1.0) for name in HOSTILE),
        activations=("tanh",) * size,
        edges=tuple((1 + i, 1 + size + i) for i in range(size)),
        task='*/ #error "x" ??/ \\',
        provenance={"version": "*/ ???/", "seed": "\u2028*/\0"},
    )
    built = library(compiler, tmp_path, [header(network)], standard(compiler), *STRICT)
    assert differences(built, [network], np.random.default_rng(10), 300) == [0]


@pytest.mark.parametrize("dtype", ["float", "q15", "q31"])
def test_no_cast_gives_a_warning_in_cplusplus(dtype: str, tmp_path: Path) -> None:
    network = various_networks()[0]
    given = network if dtype == "float" else fixed_of(network, dtype)
    (tmp_path / "p0.h").write_text(header(given))
    unit = '#define P0_SELFTEST\n#define P0_UNITS\n#include "p0.h"\n'
    (tmp_path / "t.cpp").write_text(f"{unit}int old(float x) {{ return (int)x; }}\n")
    flags = ("-std=c++11", "-Wold-style-cast", "-Wuseless-cast", "-fsyntax-only")
    done = run(["g++", *flags, tmp_path / "t.cpp"])
    assert done.stderr.count("warning:") == 1, done.stderr
    assert "t.cpp:4" in done.stderr, "the code after the header is not checked"
