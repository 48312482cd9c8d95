"""The kernel's C translated to other languages: equal bits, and unknown C is refused."""

from __future__ import annotations

import ctypes
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.c_headers import SPECIAL
from helpers.format_runners import runner_of
from wann_edge.errors import ExportError
from wann_edge.exporters import export_files
from wann_edge.exporters.decimals import decimal64, nearest_float32
from wann_edge.exporters.kernel_text import _DEFINED, blocks
from wann_edge.exporters.languages.javascript_language import JavaScriptLanguage
from wann_edge.exporters.languages.language import Language
from wann_edge.exporters.languages.micropython_language import MicroPythonLanguage
from wann_edge.exporters.languages.numpy_language import NumpyLanguage
from wann_edge.exporters.languages.rust_language import RustLanguage
from wann_edge.exporters.languages.translate import PRIMITIVES, translated_block
from wann_edge.kernel import Floats, activation_names
from wann_edge.network import Network, float32, named_channels

LANGUAGES = (RustLanguage, JavaScriptLanguage, MicroPythonLanguage, NumpyLanguage)
FORMATS = ("rust", "js", "micropython", "numpy")
ARGUMENTS = np.array([-3.7, -0.1, 1e-3, 0.7, 1.9, 3e4], np.float32)


def each_activation() -> Network:
    """Return a network with an unbounded output for each activation of the one input."""
    names = activation_names()
    inputs, outputs = named_channels(1, len(names))
    return Network(inputs, outputs, names, tuple((1, 2 + i) for i in range(len(names))))


def sweep() -> tuple[Floats, Floats]:
    """Return floats of all exponents and signs, special values, products with infinite weights."""
    strided = np.arange(0, 2**32, 1_700_003).astype(np.uint32).view(np.float32)
    near = np.array([0.5, 1, 1.5, 2, 6.004, 9.0109, 18.022, 26, 2**23, 2**24], np.float32)
    around = (near.view(np.uint32)[:, None] + np.arange(-9, 10)).astype(np.uint32)
    edges = around.view(np.float32).ravel()
    dense = np.arange(-12, 12, 0.017).astype(np.float32)
    ones = np.concatenate([strided, edges, -edges, dense, SPECIAL])
    weights = [np.full(len(ones), 1.0)]
    weights += [np.full(len(SPECIAL), w) for w in (math.inf, -math.inf, math.nan, 1e-30)]
    observations = np.concatenate([ones, *[SPECIAL] * 4]).astype(np.float32)
    return observations[:, None], np.concatenate(weights).astype(np.float32)


@pytest.mark.parametrize("format", FORMATS)
def test_every_activation_gives_the_kernels_bits(format: str, tmp_path: Path) -> None:
    runner, network = runner_of(format), each_activation()
    runner.require()
    observations, weights = sweep()
    assert set(np.unique(observations[np.isfinite(observations)].view(np.uint32) >> 23)) == {
        *range(255),
        *range(256, 511),
    }
    built = runner.build(export_files(network, format), "policy", tmp_path)
    found = built.forward(observations, weights)
    expected = network.program.forward(observations, weights)
    differ = (found.view(np.uint32) != expected.view(np.uint32)).any(axis=0)
    assert [name for name, wrong in zip(activation_names(), differ, strict=True) if wrong] == []
    assert len(np.unique(expected, axis=0)) > 2000


@pytest.mark.parametrize("format", FORMATS)
def test_a_node_of_many_sources(format: str, tmp_path: Path) -> None:
    """Its sum is split into several statements in the same order."""
    runner, (inputs, outputs) = runner_of(format), named_channels(200, 1)
    runner.require()
    rng = np.random.default_rng(5)
    weights = tuple(float32(w) for w in rng.normal(size=200))
    network = Network(
        inputs, outputs, ("linear",), tuple((source, 201) for source in range(1, 201)), weights
    )
    files = export_files(network, format)
    statements = [
        line
        for text in files.values()
        for line in text.decode().splitlines()
        if re.match(r" +(let |const )?[nt]\d+ = ", line)
    ]
    assert len(statements) > 200 + 200 / 10
    assert max(map(len, statements)) < 140
    built = runner.build(files, "policy", tmp_path)
    seen, shared = rng.normal(size=(20, 200)).astype(np.float32), np.full(20, 0.3, np.float32)
    expected = network.program.forward(seen, shared)
    assert built.forward(seen, shared).tobytes() == expected.tobytes()


def test_micropython_of_single_precision(tmp_path: Path) -> None:
    """Boards compute in float32: with numpy's float32 for CPython's float the bits agree."""
    network = each_activation()
    source = export_files(network, "micropython")["policy.py"].decode()
    source = source.replace('array("f", (0.0,))', "np.zeros(1, np.float32)")
    source = source.replace("struct.unpack(", "singles(").replace(
        "return ldexp(", "return np.ldexp("
    )
    singles = {
        "np": np,
        "f32": np.float32,
        "float": np.float32,
        "singles": lambda _, octets: tuple(np.frombuffer(octets, "<f4")),
    }
    exec(compile(source, "policy.py", "exec"), singles)
    observations, weights = sweep()
    rows = np.arange(0, len(weights), 7)
    with np.errstate(all="ignore"):
        assert singles["selftest"]() == 0
        found = [
            singles["step"]([seen[0]], weight)
            for seen, weight in zip(observations[rows], weights[rows], strict=True)
        ]
    assert {type(number) for row in found for number in row} <= {np.float32, float}
    expected = network.program.forward(observations[rows], weights[rows])
    assert np.array(found, np.float32).tobytes() == expected.tobytes()


def test_every_primitive_of_the_kernel_is_translated() -> None:
    not_called = {"wann_real", "wann_int", "wann_bits", "wann_from_bits"}
    assert set(PRIMITIVES) == set(_DEFINED.findall(blocks()["real"])) - not_called
    in_place = {"wann_constant", "wann_select", "wann_to_int", "wann_to_real", "wann_is_below"}
    for language in LANGUAGES:
        assert set(language.primitives) == PRIMITIVES.keys() - in_place


@pytest.mark.parametrize("language", LANGUAGES)
def test_comments_are_kept(language: type[Language]) -> None:
    """The comment of each function precedes its translation."""
    below, whole = translated_block(blocks()["gauss"], language())
    assert below.startswith(f"{language.comment} exp(-square / 2) for 0 <= square < 64, as 2^y.")
    assert whole.startswith(f"{language.comment} exp(-x^2 / 2); 0 where it is below 2^-46,")
    (macro,) = translated_block(blocks()["bounded"], language())
    assert macro.startswith(f"{language.comment} low where x is below it, high where")


def function(body: str, parameters: str = "wann_real x, wann_real y") -> str:
    """Return a C function in the form of the kernel's blocks."""
    return f"static inline wann_real wann_f({parameters})\n{{\n    {body}\n}}\n"


REFUSED = {
    "a remainder": function("return x % y;"),
    "a conditional": function("return x > y ? x : y;"),
    "or": function("return wann_select(x > y || y > x, x, y);"),
    "not": function("return wann_select(!(x > y), x, y);"),
    "a branch": function("if (x > y) return x; return y;"),
    "a loop": function("for (;;) x = x + y; return x;"),
    "an assignment that adds": function("x += y; return x;"),
    "an increment": function("x++; return x;"),
    "a cast": function("return (float)x;"),
    "a double": function("return x * 0.5;"),
    "a hexadecimal float": function("return x * 0x1p-1f;"),
    "an integer": function("return x + 1;"),
    "differences of integers": function("return wann_to_real(wann_to_int(x) - wann_to_int(y));"),
    "an integer and a float": function("return wann_to_real(wann_to_int(x) + y);"),
    "a float and an integer": function("return x + wann_to_int(y);"),
    "sums of conditions": function("return wann_select((x > y) + (y > x), x, y);"),
    "an integer for a float": function("wann_real z = wann_to_int(x); return z;"),
    "a condition for a float": function("return x > y;"),
    "a float for a condition": function("return wann_select(x, x, y);"),
    "another function": function("return expf(x);"),
    "a number of arguments": function("return wann_tanh(x, y);"),
    "an unknown name": function("return x + z;"),
    "an unknown variable": function("z = x; return x;"),
    "a name twice": function("wann_real x = y; return x;"),
    "an array": function("wann_real z[2] = {x, y}; return z[0];"),
    "an array's element": function("return x + table[0];"),
    "a variable without a number": function("wann_real z; z = x; return z;"),
    "a double variable": function("double z = x; return x;"),
    "an early return": function("return x; return y;"),
    "no return": function("x = y;"),
    "nothing": function(""),
    "a pointer": function("return *x;", "const wann_real *x"),
    "no parameters": function("return 1.0f;", "void"),
    "a variable of the file": "static wann_real wann_z = 1.0f;\n",
    "a macro of a condition": "#define wann_f(x, y) ((x) > (y))\n",
    "a macro of a number": "#define wann_f 1.0f\n",
    "no C": function("return x +;"),
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_unknown_c_is_refused(text: str) -> None:
    for language in LANGUAGES:
        with pytest.raises(ExportError, match=r"^the kernel's text: ") as error:
            translated_block(text, language())
        assert "\n" not in str(error.value)


def test_known_c_is_not_refused() -> None:
    """A control: the same function with known statements."""
    for language in LANGUAGES:
        assert translated_block(function("return x + y;"), language())


EXPRESSIONS = st.recursive(
    st.sampled_from(["x", "y", "0.1f", "-2.5f", "-x"]),
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from("+-*/"), part).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        st.tuples(part, part, part).map(lambda p: f"wann_select({p[0]} < {p[1]}, {p[2]}, {p[0]})"),
    ),
    max_leaves=12,
)


def float32_value(expression: str, x: np.float32, y: np.float32) -> np.float32:
    """Evaluate the expression with numpy's float32; Python's grammar reads C's parentheses."""
    text = expression.replace("0.1f", "f(0.1)").replace("2.5f", "f(2.5)")
    names = {"x": x, "y": y, "f": np.float32, "wann_select": lambda c, yes, no: yes if c else no}
    value: np.float32 = eval(text, names)
    return value


@settings(max_examples=150)
@given(EXPRESSIONS, EXPRESSIONS, st.sampled_from("+-*/"))
def test_parentheses_keep_the_structure_of_expressions(
    left: str, right: str, operator: str
) -> None:
    """Every expression, in numpy's operators and in rounded ones, keeps C's structure."""
    expression = f"{left} {operator} {right}"
    text = function(f"return {expression};")
    columns, rounded = NumpyLanguage(), MicroPythonLanguage()
    (arrays,), (numbers,) = (translated_block(text, one) for one in (columns, rounded))
    in_numpy = {"np": np, "f32": np.float32}
    exec(arrays, in_numpy)
    in_python = {
        "f": lambda value: ctypes.c_float(value).value,
        "float_of": lambda octets: float(np.frombuffer(octets, "<f4")[0]),
    }
    exec(rounded.constants() + "\n" + numbers, in_python)
    with np.errstate(all="ignore"):
        for x, y in zip(ARGUMENTS, ARGUMENTS[::-1], strict=True):
            expected = float32_value(expression, x, y)
            found = in_numpy["wann_f"](np.array([x]), np.array([y]))
            np.testing.assert_array_equal(found, expected)
            try:
                one = in_python["wann_f"](float(x), float(y))
            except ZeroDivisionError:  # Python raises an error; the kernel divides by at least 1
                assert "/" in expression
                continue
            np.testing.assert_array_equal(np.float32(one), expected)


def as_c_reads(decimal: str) -> float:
    """Return the C library's float of a decimal."""
    strtof = ctypes.CDLL(None).strtof
    strtof.restype, strtof.argtypes = ctypes.c_float, [ctypes.c_char_p, ctypes.c_void_p]
    value: float = strtof(decimal.encode(), None)
    return value


# The float32 nearest to 7.038531e-26 is not the one nearest to its float64.
@pytest.mark.parametrize(
    "decimal", ["7.038531e-26", "1e-45", "3.4028235e+38", "0.1", "0.0", "16.0"]
)
def test_decimals_are_read_as_c_reads_them(decimal: str) -> None:
    assert nearest_float32(decimal) == as_c_reads(decimal)


@given(st.integers(0, 0x7F7FFFFF))
def test_decimals_are_exact_if_read_as_float64_first(bits: int) -> None:
    value = float(np.uint32(bits).view(np.float32))
    assert float32(float(decimal64(value))) == value
    assert nearest_float32(str(np.float32(value))) == value


@given(st.floats(1e-45, 3.4e38))
def test_longer_decimals_are_rounded_once(value: float) -> None:
    assert nearest_float32(repr(value)) == as_c_reads(repr(value))


def test_a_scale_whose_short_decimal_reads_wrongly_gives_the_kernels_bits(tmp_path: Path) -> None:
    """Languages that read 7.038531e-26 as float64 first get a neighbouring float32."""
    odd = as_c_reads("7.038531e-26")
    network = each_activation()
    network = replace(network, inputs=(replace(network.inputs[0], scale=odd),))
    built = runner_of("numpy").build(export_files(network, "numpy"), "policy", tmp_path)
    seen, weights = np.array([[1e25]], np.float32), np.ones(1, np.float32)
    assert (
        built.forward(seen, weights).tobytes() == network.program.forward(seen, weights).tobytes()
    )
