"""The C header in fixed point under real compilers: the kernel's words, and no floats."""

from __future__ import annotations

import ctypes
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers.c_headers import (
    HOSTILE,
    SHIPPED,
    STRICT,
    build,
    failed_selftests,
    header,
    headers,
    library,
    observations,
    run,
    source,
    standard,
    uncommented,
    various_networks,
    write,
)
from helpers.fixed_networks import any_words, fixed_of
from helpers.parts import missing
from wann_edge.exporters.c.fixed_header import word_type
from wann_edge.fixed_point.ranges import measured_ranges
from wann_edge.kernel import activation_names
from wann_edge.network import Input, Network, Output, named_channels
from wann_edge.network.fixed_network import FixedNetwork, quantise
from wann_edge.network.number_formats import WORDS
from wann_edge.network.published import read_published
from wann_edge.sims.swingup import SPEC, SwingUp

_WORDS = """
void words_{i}(int count, const {word} *weight, const {word} *seen, {word} *action);
void words_{i}(int count, const {word} *weight, const {word} *seen, {word} *action)
{{
    for (int k = 0; k < count; k++)
        p{i}_step_with_weight(seen + k * P{i}_INPUTS, weight[k], action + k * P{i}_OUTPUTS);
}}
void floats_{i}(int count, const float *weight, const float *seen, float *action);
void floats_{i}(int count, const float *weight, const float *seen, float *action)
{{
    for (int k = 0; k < count; k++)
        p{i}_step_units_with_weight(seen + k * P{i}_INPUTS, weight[k], action + k * P{i}_OUTPUTS);
}}
"""


def fixed_networks() -> list[FixedNetwork]:
    """Return networks of many shapes, each in 16-bit and in 32-bit words."""
    return [fixed_of(network, dtype) for network in various_networks() for dtype in WORDS]


def fixed_library(
    compiler: str, folder: Path, made: Sequence[FixedNetwork], *flags: str
) -> ctypes.CDLL:
    """Compile a shared object with ``words_0``, ``floats_0``, ...."""
    functions = "".join(_WORDS.format(i=i, word=word_type(n)) for i, n in enumerate(made))
    path = source(compiler, folder, "rows", write(folder, headers(made), "UNITS") + functions)
    return ctypes.CDLL(str(build(compiler, folder / "rows.so", [path], "-shared", "-fPIC", *flags)))


@pytest.mark.parametrize("level", ["-O0", "-O3", "-Os"])
def test_builds_clean_and_passes_its_selftest(compiler: str, level: str, tmp_path: Path) -> None:
    flags = (standard(compiler), level, *STRICT)
    assert failed_selftests(compiler, tmp_path, headers(fixed_networks()), *flags) == 0


@pytest.mark.parametrize("level", ["-O0", "-O2"])
def test_gives_the_kernels_words_and_floats(compiler: str, level: str, tmp_path: Path) -> None:
    made = fixed_networks()
    assert {n for network in made for n in network.activations} == {*activation_names()}
    built = fixed_library(compiler, tmp_path, made, standard(compiler), level, *STRICT)
    for index, network in enumerate(made):
        kind = np.int32 if network.dtype == "q31" else np.int16
        seen, weight = any_words(network, 2000, index)
        action = np.empty((2000, len(network.outputs)), kind)
        narrow = [np.ascontiguousarray(words, kind) for words in (weight, seen)]
        getattr(built, f"words_{index}")(
            2000, *(a.ctypes.data_as(ctypes.c_void_p) for a in (*narrow, action))
        )
        np.testing.assert_array_equal(action, network.program.walk(seen, weight))
        rng = np.random.default_rng(index)
        floats = observations(network, rng, 1500)
        shared = rng.choice([-1.7, 0.3, 900.0, network.shared_weight], 1500).astype(np.float32)
        actions = np.empty((1500, len(network.outputs)), np.float32)
        getattr(built, f"floats_{index}")(
            1500, *(a.ctypes.data_as(ctypes.c_void_p) for a in (shared, floats, actions))
        )
        expected = network.program.forward(floats, shared)
        np.testing.assert_array_equal(actions.view(np.uint32), expected.view(np.uint32))


def test_selftest_detects_one_changed_word(tmp_path: Path) -> None:
    text = header(fixed_networks()[0])
    start = text.index("expected[")
    changed = re.sub(
        r"\{(-?\d+)",
        lambda word: f"{{{int(word[1]) ^ 1}",
        text[start:].partition("{\n")[2],
        count=1,
    )
    broken = text[:start] + text[start:].partition("{\n")[0] + "{\n" + changed
    assert failed_selftests("gcc", tmp_path, [broken], "-std=c99", *STRICT) == 1


def test_no_floats_unless_units_are_asked_for() -> None:
    for network in fixed_networks():
        text = header(network)
        code = uncommented(text.partition("#ifdef P0_UNITS")[0])
        assert not re.search(r"\b(float|double|wann_real)\b", code)
        macros = re.findall(r"#define (\w+) .*\df\)", code)
        assert macros in ([], ["P0_CONTROL_PERIOD_S"])


@pytest.mark.parametrize("dtype", WORDS)
def test_shipped_text_is_the_kernels_and_no_more_than_is_used(dtype: str) -> None:
    for activation in activation_names():
        inputs, outputs = named_channels(2, 1)
        network = fixed_of(Network(inputs, outputs, (activation,), ((1, 3), (2, 3))), dtype)
        text = header(network)
        shipped = dict(SHIPPED.findall(text.partition("#ifdef P0_UNITS")[0]))
        assert {"WORD", "BOUND", f"{dtype.upper()}_{activation.upper()}"} <= set(shipped)
        code = uncommented(text.partition("#ifdef P0_UNITS")[0])
        named, defined = re.findall(r"\bwann_\w+", code), "".join(shipped.values())
        assert all(re.search(rf"\b{name}\b", defined) for name in named)


def test_headers_of_all_kinds_share_a_source(compiler: str, tmp_path: Path) -> None:
    plain = various_networks()[0]
    texts = headers([plain, fixed_of(plain, "q15"), fixed_of(plain, "q31"), various_networks()[1]])
    for i, text in enumerate(texts):
        (tmp_path / f"p{i}.h").write_text(text)
    defines = "".join(f"#define P{i}_SELFTEST\n#define P{i}_UNITS\n" for i in range(4))
    once = "".join(f'#include "p{i}.h"\n' for i in (1, 0, 3, 2))
    total = " + ".join(f"p{i}_selftest()" for i in range(4))
    path = source(
        compiler, tmp_path, "all", f"{defines}{once}{once}int main(void) {{ return {total}; }}\n"
    )
    program = build(
        compiler,
        tmp_path / "all",
        [path],
        standard(compiler),
        "-O1",
        *STRICT,
        "-Wno-unused-function",
    )
    assert run([program]).returncode == 0


def test_needs_no_library_and_no_static_memory(tmp_path: Path) -> None:
    made = fixed_networks()
    functions = "".join(
        f"void act_{i}(const {word_type(n)} *x, {word_type(n)} *y);\n"
        f"void act_{i}(const {word_type(n)} *x, {word_type(n)} *y) {{ p{i}_step(x, y); }}\n"
        for i, n in enumerate(made)
    )
    path = source("gcc", tmp_path, "act", write(tmp_path, headers(made)) + functions)
    built = build("gcc", tmp_path / "act.o", [path], "-c", "-std=c99", "-Os")
    assert run(["nm", "-u", built]).stdout == ""
    assert run(["size", built]).stdout.splitlines()[1].split()[1:3] == ["0", "0"]


def test_hostile_names_change_no_code(tmp_path: Path) -> None:
    size = len(HOSTILE)
    network = Network(
        inputs=tuple(Input(name, unit=name, low=-1.0) for name in HOSTILE),
        outputs=tuple(Output(name, unit=name, low=-1.0, high=1.0) for name in HOSTILE),
        activations=("tanh",) * size,
        edges=tuple((1 + i, 1 + size + i) for i in range(size)),
        task='*/ #error "x" ??/ \\',
        provenance={"version": "*/ ???/"},
    )
    texts = headers([fixed_of(network, dtype) for dtype in WORDS])
    assert failed_selftests("gcc", tmp_path, texts, "-std=c99", *STRICT) == 0


def test_the_same_network_gives_the_same_bytes() -> None:
    network = various_networks()[1]
    assert header(fixed_of(network, "q15")) == header(fixed_of(replace(network), "q15"))


def test_the_contract_states_the_value_of_a_word() -> None:
    inputs = (Input("angle", "rad", -3.5, 3.5, 0.5, 2.0), Input("speed", "rad/s", low=-1.0))
    outputs = (Output("force", "N", -10.0, 10.0, safe=1.5),)
    network = Network(inputs, outputs, ("linear",), ((1, 3), (2, 3)), shared_weight=-1.5)
    text = header(fixed_of(network, "q15"), "arm")
    for line in (
        "0  angle [rad], -3.5 to 3.5; word = (x - 0.5) * 4096.0",
        "1  speed [rad/s], -1.0 or more; word = x * 2048.0",
        "0  force [N], -10.0 to 10.0, safe 1.5; x = word * 0.00048828125",
        "Shared weight: -1.5, as the word -24576 of 2^-14;",
    ):
        assert line in text
    for macro in (
        "ARM_INPUT_ANGLE_LOW (-16384)",
        "ARM_OUTPUT_FORCE_HIGH (20480)",
        "ARM_OUTPUT_FORCE_SAFE (3072)",
    ):
        assert f"#define {macro}\n" in text


FLASH_BYTES = {"swing": 1200, "biped": 3072}


@pytest.mark.parametrize("name", FLASH_BYTES)
def test_flash_on_a_cortex_m0plus(name: str, data: Path, tmp_path: Path) -> None:
    if shutil.which("arm-none-eabi-gcc") is None:
        missing("arm-none-eabi-gcc", "no arm-none-eabi-gcc: apt-get install gcc-arm-none-eabi")
    path, swing = data / "wann-release" / "champions" / f"{name}.out", name == "swing"
    network = read_published(path, *((5, 1) if swing else (24, 4)), task=SPEC if swing else None)
    fixed = quantise(network, measured_ranges(network, SwingUp() if swing else None), "q15")
    text = write(tmp_path, [header(fixed)]) + "void act(const int16_t *x, int16_t *y);\n"
    text += "void act(const int16_t *x, int16_t *y) { p0_step(x, y); }\n"
    made = source("gcc", tmp_path, "act", text)
    flags = ("-mcpu=cortex-m0plus", "-mthumb", "-Os", "-std=c99", "-ffreestanding", "-c")
    built = build("arm-none-eabi-gcc", tmp_path / "act.o", [made], *flags)
    assert run(["arm-none-eabi-nm", "-u", built]).stdout == "", "soft-float, or another library"
    code, data_bytes, bss = map(
        int, run(["arm-none-eabi-size", built]).stdout.splitlines()[1].split()[:3]
    )
    assert code <= FLASH_BYTES[name]
    assert (data_bytes, bss) == (0, 0)


def test_a_float_header_contains_no_words(tmp_path: Path) -> None:
    """A control."""
    assert "wann_word" not in header(various_networks()[0])
    assert library("gcc", tmp_path, [header(various_networks()[0])], "-std=c99")
