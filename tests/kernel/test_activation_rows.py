"""The rows of activations are complete, and agree with the kernel's C and the documentation."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from math import inf

import numpy as np
import pytest

from helpers.doc_tables import table
from helpers.kernel_builds import KERNEL, SPECIAL
from helpers.oracle import EXACT
from wann_edge.exporters.kernel_text import needed_by, shipped
from wann_edge.kernel import ACTIVATIONS, Activation, activate, activate_fixed, activation_names

FIELDS = [field.name for field in fields(Activation)]
BITS = {"q15": 16, "q31": 32}


def code_of(name: str) -> str:
    """Return the C of an activation and the functions it calls, without primitives or comments."""
    blocks = [b for b in needed_by(f"wann_{name}(") if b not in ("real", "contraction")]
    return re.sub(r"/\*.*?\*/", "", "\n".join(map(shipped, blocks)), flags=re.DOTALL)


def test_every_activation_has_a_row_in_the_kernels_order() -> None:
    assert tuple(ACTIVATIONS) == activation_names()


@pytest.mark.parametrize("missing", FIELDS)
def test_a_missing_field_is_an_error(missing: str) -> None:
    (field,) = (field for field in fields(Activation) if field.name == missing)
    assert field.default is field.default_factory is MISSING
    row = ACTIVATIONS["tanh"]
    given = {name: getattr(row, name) for name in FIELDS if name != missing}
    with pytest.raises(TypeError, match=missing):
        Activation(**given)
    assert Activation(**given, **{missing: getattr(row, missing)}) == row


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_range_is_that_of_the_kernel(name: str) -> None:
    row = ACTIVATIONS[name]
    x = np.concatenate([np.arange(-30, 30, 1e-3).astype(np.float32), SPECIAL])
    y = activate(name, x)
    seen = [np.nanmin(y), np.nanmax(y)]
    np.testing.assert_allclose(seen, [row.low, row.high], atol=2e-7)
    if not row.is_bounded:
        assert row.high == inf
        assert row.low in {0, -inf}
        finite = x[np.isfinite(x)]
        assert np.all(np.abs(activate(name, finite)) <= np.abs(finite))
    else:
        assert -1 <= row.low < row.high <= 1


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_row_names_the_routines_that_the_code_uses(name: str) -> None:
    row, code = ACTIVATIONS[name], code_of(name)
    found = {"divide": " / ", "compare": r"x [<>] 0\.0f", "convert": "wann_to_int"}
    assert row.routines == {routine for routine, sign in found.items() if re.search(sign, code)}
    assert row.is_exact == (re.search(r" [*+] ", code) is None)
    assert row.is_exact == (name in EXACT)
    early = re.findall(r"wann_is_below\(square, ([\d.]+)f\)", code)
    half = 4 if "* 0.5f) *" in code else 1
    assert row.far_square == (half * float(early[0]) if early else None)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_only_a_step_jumps_and_depends_only_on_the_sign(name: str) -> None:
    small = np.float32(1e-30)
    jump = activate(name, [small])[0] - activate(name, [-small])[0]
    assert ACTIVATIONS[name].is_step == (jump > 0.5)
    two = activate_fixed(name, [1, 9999], wide=False)
    assert ACTIVATIONS[name].is_step == (two[0] == two[1])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_periodic_one_takes_its_argument_modulo_2(name: str) -> None:
    x = np.arange(-(2**15), 2**15, 7, np.int32)
    same = activate_fixed(name, x, wide=False) == activate_fixed(name, x + 2**16, wide=False)
    assert ACTIVATIONS[name].is_periodic == bool(same.all())


def test_the_walk_in_words_does_not_saturate_periodic_activations() -> None:
    """fixed.h names the periodic activations too, because C has no rows."""
    named = re.findall(r"activation == WANN_(\w+)", (KERNEL / "fixed.h").read_text())
    assert named == [name for name, row in ACTIVATIONS.items() if row.is_periodic]


def test_the_page_of_the_kernel_agrees() -> None:
    rows = table("kernel.md", "| name | definition | method |")
    assert list(rows) == list(ACTIVATIONS)
    for name, (definition, _, worst) in rows.items():
        row = ACTIVATIONS[name]
        assert (definition, float(worst)) == (row.formula, row.worst_error)


def test_the_page_of_network_files_agrees() -> None:
    rows = table("network-file.md", "| activation | value |")
    assert rows == {name: [row.formula] for name, row in ACTIVATIONS.items()}


def test_the_page_of_fixed_point_agrees() -> None:
    rows = table("fixed-point.md", "| name | method | `q15` argument |")
    assert list(rows) == list(ACTIVATIONS)
    for name, (_, *cells) in rows.items():
        row, expected = ACTIVATIONS[name], list[object]()
        for bits, worst in ((15, row.worst_error_q15), (31, row.worst_error_q31)):
            integer_bits = row.argument_integer_bits
            expected += ["any" if integer_bits is None else f"Q{bits - integer_bits}", worst]
        assert [cells[0], float(cells[1]), cells[2], float(cells[3])] == expected
