"""A plant with varied masses and lengths equals one compiled with the varied constants."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from helpers.parts import ROOT
from wann_edge.kernel import Floats, plant, plant_names

FURUTA = (
    *("FURUTA_ARM_KG", "FURUTA_ARM_M", "FURUTA_ROD_KG", "FURUTA_ROD_M"),
    "FURUTA_ARM_DAMPING_NMSPRAD",
)
# For each plant with parameters: the constants of its header that each parameter multiplies.
CONSTANTS = {
    "swingup": ("SWINGUP_CART_KG", "SWINGUP_POLE_KG", "SWINGUP_POLE_M", "SWINGUP_FRICTION_NSPM"),
    "cartpole": ("CARTPOLE_CART_KG", "CARTPOLE_POLE_KG", "CARTPOLE_HALF_POLE_M"),
    "pendulum": ("PENDULUM_KG", "PENDULUM_M"),
    **dict.fromkeys(("furuta", "furuta-swingup"), FURUTA),
    "balancer": ("BALANCER_BODY_KG", "BALANCER_CENTRE_M", "BALANCER_MOTOR_NMSPRAD"),
    "biped": ("BIPED_HULL_KG", "BIPED_LEGS_KGPM2", "BIPED_MOTOR_NM", "BIPED_FRICTION"),
    "quadrotor": ("QUADROTOR_KG", "QUADROTOR_INERTIA_KGM2", "QUADROTOR_ARM_M"),
}


def test_every_parameter_has_its_constant() -> None:
    found = {name: len(plant(name).parameters) for name in plant_names()}
    assert {name: count for name, count in found.items() if count} == {
        name: len(constants) for name, constants in CONSTANTS.items()
    }


def _multiply(constant: str, factor: float, headers: list[Path]) -> None:
    """Multiply the single definition of a constant by a factor."""
    count = 0
    for header in headers:
        pattern = rf"(#define {constant}) (\S+)"
        text, found = re.subn(pattern, rf"\1 (\2 * {factor!r}f)", header.read_text())
        header.write_text(text)
        count += found
    assert count == 1


def _factors(constants: tuple[str, ...]) -> Floats:
    plant_name, _, _ = constants[0].partition("_")
    rng = np.random.default_rng(len(plant_name))
    return rng.uniform(0.7, 1.3, len(constants)).astype(np.float32)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """Compile the kernel with each constant multiplied by its factor."""
    kernel = tmp_path_factory.mktemp("other") / "kernel"
    shutil.copytree(ROOT / "wann_edge" / "kernel", kernel)
    headers = list((kernel / "plants").glob("*.h"))
    for constants in dict.fromkeys(CONSTANTS.values()):
        for constant, factor in zip(constants, _factors(constants).tolist(), strict=True):
            _multiply(constant, factor, headers)
    command = [*("gcc", "-std=c99", "-O1", "-ffp-contract=off", "-shared", "-fPIC"), "-o"]
    library = kernel / "other.so"
    subprocess.run([*command, library, *kernel.glob("*.c")], check=True)
    loaded = ctypes.CDLL(str(library))
    loaded.wann_native_plant.restype = ctypes.c_void_p
    return loaded


@pytest.mark.parametrize("name", CONSTANTS)
def test_a_varied_plant_equals_one_compiled_with_other_constants(
    name: str, other: ctypes.CDLL
) -> None:
    """A constant occurs in the equations only through its parameter."""
    address = ctypes.c_void_p(other.wann_native_plant(1, plant_names().index(name)))
    ours, factors, rng = plant(name), _factors(CONSTANTS[name]), np.random.default_rng(len(name))
    for _ in range(200):
        state = rng.normal(0, 0.4, ours.states).astype(np.float32)
        seen = ours.observe(state)
        action = rng.uniform(-1, 1, ours.actions).astype(np.float32)
        after, observed, reward, over = ours.step(state, seen, action, factors)
        theirs, shown, earned = state.copy(), seen.copy(), ctypes.c_float()
        arrays = [ctypes.c_void_p(one.ctypes.data) for one in (theirs, shown, action)]
        ended = other.wann_plant_step(address, *arrays, ctypes.byref(earned))
        np.testing.assert_allclose(after, theirs, rtol=2e-6, atol=2e-6)
        np.testing.assert_allclose(observed, shown, rtol=2e-6, atol=2e-6)
        assert (over, reward) == (bool(ended), pytest.approx(earned.value, rel=1e-5, abs=1e-6))
