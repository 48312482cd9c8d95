"""MuJoCo's tasks: the equations of the swing-up and of a balancing robot; PyBullet's contracts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from helpers.parts import missing
from helpers.rigid_swingup import MOTIONS, WIDE, Motion, worst_error
from wann_edge.errors import MissingError, TaskError
from wann_edge.sims import swingup
from wann_edge.sims.bullet.balancer import BulletBalancer
from wann_edge.sims.bullet.swingup import BulletSwingUp
from wann_edge.sims.mujoco.balancer import MujocoBalancer, MujocoBalancerWorld
from wann_edge.sims.mujoco.mujoco_world import NEEDS, MujocoWorld
from wann_edge.sims.mujoco.swingup import MujocoSwingUp, MujocoSwingUpWorld
from wann_edge.sims.robots import balancer_robot as robot
from wann_edge.sims.robots.scaled import ROBOTS, scaled_urdf
from wann_edge.system.needs import absent

GAINS = (3.0, 0.3, 0.5, 0.8)
NOTHING = np.zeros(1, np.float32)


@pytest.fixture(autouse=True)
def _mujoco() -> None:
    for line, what in absent(NEEDS).items():
        missing("sims", f"not installed: {', '.join(what)}: {line}")


@pytest.mark.parametrize("motion", [*MOTIONS, WIDE])
def test_the_rigid_bodies_follow_the_equations(motion: Motion) -> None:
    """Within 1 um and 1 urad over 3 s."""
    x_m, angle_rad = worst_error(MujocoSwingUpWorld(), motion)
    assert 0 < x_m < 1e-6
    assert 0 < angle_rad < 1e-6


def test_another_friction_does_not_follow_the_equations() -> None:
    """A control: the tolerance sees 10 % more friction."""
    world = MujocoSwingUpWorld()
    world.vary(np.array([1, 1, 1, 1.1], np.float32))
    assert worst_error(world, WIDE)[0] > 1e-4


def balancing(t: float, state: NDArray[np.float64], command: float) -> list[float]:
    """Return the derivative of wheel angle, pitch and their rates, for wheels that never slip.

    The equations are those of kernel/plants/balancer.h, with a body of any inertia and motors
    whose torque is limited.
    """
    _, pitch, wheel_rate, pitch_rate = state
    body, wheel, radius, g = 1.0, 0.1, 0.04, 9.82
    arm, body_inertia, wheel_inertia = 0.12, 0.005, 8e-5
    speed = wheel_rate - pitch_rate
    torque = 2 * 0.15 * min(1, max(-1, command - speed / 40)) - 2 * 0.0002 * speed
    cross = body * arm * radius * math.cos(pitch)
    lean = body * arm * math.sin(pitch)
    masses = [
        [(body + 2 * wheel) * radius**2 + 2 * wheel_inertia, cross],
        [cross, body * arm**2 + body_inertia],
    ]
    torques = [torque + lean * radius * pitch_rate**2, lean * g - torque]
    return [wheel_rate, pitch_rate, *np.linalg.solve(masses, torques).tolist()]


def balancing_error(world: MujocoBalancerWorld, gains: Sequence[float]) -> NDArray[np.float64]:
    """Return the largest distance of pitch, rad, and position, m, in 2 s of feedback."""
    seen = world.reset(2)
    exact = np.array([seen[2] / 0.04, seen[0], seen[3] / 0.04, seen[1]], np.float64)
    errors = []
    for step in range(200):
        wanted = 0.3 * math.sin(0.05 * step)
        ours = np.array([exact[1], exact[3], exact[0] * 0.04, exact[2] * 0.04])
        command = min(1.0, max(-1.0, float(np.dot(gains, ours)) + wanted))
        run = solve_ivp(balancing, (0, 0.01), exact, args=(command,), rtol=1e-6, atol=1e-8)
        exact = run.y[:, -1]
        seen, _, over = world.step(np.array([np.dot(gains, seen) + wanted], np.float32))
        assert not over
        errors.append((abs(seen[0] - exact[1]), abs(seen[2] - 0.04 * exact[0])))
    return np.max(errors, axis=0)


def test_the_balancing_robot_follows_the_equations() -> None:
    """Within 2 mrad and 4 mm over 2 s; a body of 10 % more height does not."""
    pitch_rad, position_m = balancing_error(MujocoBalancerWorld(), GAINS)
    assert pitch_rad < 2e-3
    assert position_m < 4e-3
    other = MujocoBalancerWorld()
    other.vary(np.array([1, 1.1, 1, 1], np.float32))
    assert balancing_error(other, GAINS)[0] > 4e-3


def test_the_contracts_and_the_starts_are_those_of_the_same_tasks_elsewhere() -> None:
    native = swingup.SwingUp()
    for ours, theirs in (
        (MujocoSwingUp.spec, native.spec),
        (MujocoBalancer.spec, BulletBalancer.spec),
    ):
        assert (ours.inputs, ours.outputs) == (theirs.inputs, theirs.outputs)
        assert (ours.dt_s, ours.max_steps) == (theirs.dt_s, theirs.max_steps)
    for seed in (0, 5):
        ours_seen = MujocoSwingUp().world().reset(seed)
        np.testing.assert_allclose(ours_seen, native.world().reset(seed), atol=1e-6)
    pairs = ((MujocoSwingUp, BulletSwingUp), (MujocoBalancer, BulletBalancer))
    assert all(one.kind.parameters == other.kind.parameters for one, other in pairs)


def test_the_robot_balances_with_feedback_only() -> None:
    totals = {}
    for sign in (1.0, 0.0, -1.0):
        world, total = MujocoBalancer().world(), 0.0
        seen = world.reset(1)
        for _ in range(300):
            command = np.array([sign * np.dot(GAINS, seen)], np.float32)
            seen, reward, over = world.step(command)
            total += float(reward)
            if over:
                break
        totals[sign] = total
    assert totals[1.0] > 290
    assert totals[0.0] < 120
    assert totals[-1.0] < 60


def test_motors_have_a_torque_and_a_speed() -> None:
    """A free wheel reaches the no-load speed, less friction."""
    world = MujocoBalancerWorld()
    world.reset(0)
    world.model.opt.gravity[2] = 0.0
    world.data.qpos[2], world.data.qvel[:] = 5.0, 0.0
    world.model.body_mass[1] = world.model.body_inertia[1] = 1e3
    for _ in range(60):
        world.step(np.array([0.5], np.float32))
        world._running = True
    share = robot.BEARING_N_M_S * robot.NO_LOAD_RAD_PER_S / robot.STALL_TORQUE_N_M
    expected = 0.5 * robot.NO_LOAD_RAD_PER_S / (1 + share)
    assert world.data.qvel[-1] == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("kind", [MujocoSwingUpWorld, MujocoBalancerWorld])
@pytest.mark.parametrize("factor", [0.1, 1.9])
def test_the_widest_variation_still_runs(kind: type[MujocoWorld], factor: float) -> None:
    """MuJoCo refuses an inertia that no body can have, which scaled links may."""
    world = kind()
    world.vary(np.full(len(kind.parameters), factor, np.float32))
    assert np.isfinite(world.reset(0)).all()
    assert np.isfinite(world.step(NOTHING)[0]).all()


def test_a_simulation_that_fails_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MuJoCo itself would write to a file in the current folder, and go on."""
    monkeypatch.chdir(tmp_path)
    world = MujocoSwingUpWorld()
    world.reset(0)
    world.data.qvel[1] = 1e300
    with pytest.raises(TaskError, match="unstable after"):
        world.step(NOTHING)
    assert list(tmp_path.iterdir()) == []
    assert np.isfinite(world.reset(0)).all()
    assert np.isfinite(world.step(NOTHING)[0]).all()


def test_an_engine_that_can_not_be_imported_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """MuJoCo's parts are packages whose versions must agree."""

    def fail(name: str) -> object:
        raise ImportError("version mismatch")

    monkeypatch.setattr("wann_edge.sims.robots.rigid_world.import_module", fail)
    with pytest.raises(MissingError, match=r"mujoco: .*: version mismatch; install it again"):
        MujocoSwingUpWorld()


def test_a_scaled_link_has_another_mass_length_and_inertia() -> None:
    found = ElementTree.fromstring(scaled_urdf("swingup.urdf", {"pole": (2.0, 3.0)}))
    (pole,) = (link for link in found.iter("link") if link.get("name") == "pole")
    inertia, origin = pole.find("inertial/inertia"), pole.find("inertial/origin")
    assert inertia is not None
    assert origin is not None
    assert float(inertia.get("ixx", "")) == pytest.approx(0.015 * 2 * 9)
    assert float(inertia.get("izz", "")) == pytest.approx(0.0001 * 2)
    assert origin.get("xyz") == f"0 0 {0.3 * 3!r}"
    plain = ElementTree.parse(ROBOTS / "swingup.urdf").getroot()
    assert [joint.attrib for joint in found.iter("joint")] == [
        joint.attrib for joint in plain.iter("joint")
    ]
