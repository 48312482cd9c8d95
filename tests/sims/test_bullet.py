"""PyBullet's tasks: the same swing-up as the equations, a balancing robot, a walking robot."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from helpers.parts import ROOT
from helpers.rigid_swingup import MOTIONS, WIDE, Motion, worst_error
from wann_edge.evaluate import KernelPolicy, run_episode
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.network.published import read_published
from wann_edge.sims import swingup
from wann_edge.sims.bullet import a1
from wann_edge.sims.bullet.a1 import A1, A1World
from wann_edge.sims.bullet.balancer import BalancerWorld, BulletBalancer
from wann_edge.sims.bullet.swingup import BulletSwingUp, SwingUpWorld
from wann_edge.sims.bullet.world import BulletWorld, connect
from wann_edge.sims.robots import balancer_robot as balancer

SPEC = SwingUpWorld.spec


def worst(substeps: int, motion: Motion) -> NDArray[np.float64]:
    """Return PyBullet's largest distance from the integrated equations, in m and rad."""
    kind = type("Finer", (SwingUpWorld,), {"substeps": substeps})
    world: SwingUpWorld = kind(connect())
    return worst_error(world, motion)


@pytest.mark.parametrize("motion", MOTIONS)
def test_the_rigid_bodies_follow_the_equations(motion: Motion) -> None:
    """Within 1 mm and 3 mrad over 3 s at physics steps of 1 ms; the code is independent."""
    x_m, angle_rad = worst(SwingUpWorld.substeps, motion)
    assert SPEC.dt_s / SwingUpWorld.substeps == pytest.approx(1e-3)
    assert 1e-7 < x_m < 1e-3
    assert 1e-6 < angle_rad < 3e-3


def test_the_difference_is_that_of_the_integrator() -> None:
    """The integrator has first order: a quarter of the step gives a quarter of the error."""
    coarse, fine = worst(10, WIDE), worst(40, WIDE)
    np.testing.assert_allclose(coarse / fine, 4.0, rtol=0.15)


def test_the_contract_and_the_starts_are_the_native_tasks() -> None:
    native, world = swingup.SwingUp(), BulletSwingUp().world()
    assert SPEC.inputs == native.spec.inputs
    assert SPEC.outputs == native.spec.outputs
    assert (SPEC.dt_s, SPEC.max_steps) == (native.spec.dt_s, native.spec.max_steps)
    for seed in (0, 5):
        np.testing.assert_allclose(world.reset(seed), native.world().reset(seed), atol=1e-6)


def test_rewards_and_the_tracks_end() -> None:
    world = BulletSwingUp().world()
    world.reset(0)
    world.start(1.2, 0.0, 0.0, 0.0)
    _, reward, over = world.step(np.zeros(1, np.float32))
    assert reward == pytest.approx(math.cos(math.pi / 4), abs=1e-3)
    assert not over
    world.start(2.39, 2.0, 0.0, 0.0)
    assert world.step(np.zeros(1, np.float32))[2]


def test_a_native_champion_drives_the_rigid_bodies(data: Path) -> None:
    """The published champion earns 702 ± 7 on the equations at weight 1; the threshold is lower."""
    network = read_published(data / "wann-release" / "champions" / "swing.out", 5, 1)
    task = BulletSwingUp()
    world = task.world()
    totals = [run_episode(KernelPolicy(network, 1.0), world, seed, 1000)[0] for seed in range(3)]
    assert 400 < np.mean(totals) < 760


# Balancer


def balance(gains: tuple[float, ...], seed: int) -> tuple[float, int]:
    """Run an episode under linear feedback."""
    world, total = BulletBalancer().world(), 0.0
    seen = world.reset(seed)
    for step in range(1, BulletBalancer.spec.max_steps + 1):
        command = np.array([np.dot(gains, seen)], np.float32)
        seen, reward, over = world.step(command)
        total += float(reward)
        if over:
            return total, step
    return total, BulletBalancer.spec.max_steps


def test_the_robot_balances_with_feedback_only() -> None:
    assert balance((3.0, 0.3, 0.5, 0.8), seed=1)[0] > 980
    assert balance((0.0, 0.0, 0.0, 0.0), seed=1)[1] < 120
    assert balance((-3.0, -0.3, -0.5, -0.8), seed=1)[1] < 60


def test_motors_have_a_torque_and_a_speed() -> None:
    """A free wheel reaches the no-load speed, less friction, as fast as its inertia allows."""
    world = BalancerWorld(connect())
    world.reset(0)
    client, body = world.client, world._body
    client.resetBasePositionAndOrientation(body, (0, 0, 5.0), (0, 0, 0, 1))
    client.resetBaseVelocity(body, (0, 0, 0), (0, 0, 0))
    client.createConstraint(body, -1, -1, -1, client.JOINT_FIXED, (0, 0, 0), (0, 0, 0), (0, 0, 5))
    speeds = []
    for _ in range(60):
        for _ in range(world.substeps):
            world.drive(np.array([0.5], np.float32))
            client.stepSimulation()
        speeds.append(client.getJointState(body, 0)[1])
    friction_share = 0.0002 * balancer.NO_LOAD_RAD_PER_S / balancer.STALL_TORQUE_N_M
    expected = 0.5 * balancer.NO_LOAD_RAD_PER_S / (1 + friction_share)
    assert speeds[-1] == pytest.approx(expected, rel=0.02)
    assert max(speeds) < 1.05 * expected


# A1


def trotting() -> Network:
    """Return five connections: the clock moves one diagonal's joints, and inverted the other's."""
    inputs = len(a1.SPEC.inputs)
    clock, other, outputs = 1, inputs + 1, range(inputs + 2, inputs + 6)
    edges = [(clock, other), *((clock, out) for out in outputs[:2])]
    edges += [(other, out) for out in outputs[2:]]
    activations = ("inverse", "linear", "linear", "linear", "linear")
    return Network(a1.SPEC.inputs, a1.SPEC.outputs, activations, tuple(edges))


def walk(policy: KernelPolicy, seed: int) -> tuple[A1World, float, int]:
    """Run an episode; return the world, the return and the length."""
    world = A1World(connect())
    total, steps = run_episode(policy, world, seed, a1.SPEC.max_steps)
    return world, float(total), steps


def test_a_trot_of_five_connections_walks() -> None:
    world, metres, steps = walk(KernelPolicy(trotting(), 1.0), seed=2)
    assert steps == a1.SPEC.max_steps
    assert 3.0 < metres < 12.0
    assert world._base()[0] == pytest.approx(metres, abs=0.01)


def test_standing_goes_nowhere_and_does_not_fall() -> None:
    _, metres, steps = walk(KernelPolicy(trotting(), 0.0), seed=2)
    assert steps == a1.SPEC.max_steps
    assert abs(metres) < 0.1


def test_a_fall_ends_the_episode_and_costs_the_reward_of_a_metre() -> None:
    world = A1().world()
    world.reset(0)
    turned = world.client.getQuaternionFromEuler((1.2, 0.0, 0.0))
    world.client.resetBasePositionAndOrientation(world._body, (0, 0, 0.3), turned)
    _, reward, over = world.step(np.zeros(4, np.float32))
    assert over
    assert -1.1 < reward < -0.9


def test_joints_do_not_exceed_the_torque_of_their_motors() -> None:
    world = A1().world()
    world.reset(0)
    most = 0.0
    for step in range(40):
        world.step(np.full(4, (-1) ** (step // 4), np.float32))
        for number, motor in enumerate(world._motors):
            torque = abs(world.client.getJointState(world._body, motor)[3])
            assert torque <= a1.TORQUE_N_M[number % 3] * (1 + 1e-6)
            most = max(most, torque)
    assert most > 10


# All


def play(world: BulletWorld, seed: int, steps: int = 5) -> list[bytes]:
    """Return the observations of the first steps, without actions."""
    nothing: Floats = np.zeros(len(world.spec.outputs), np.float32)
    return [world.reset(seed).tobytes(), *(world.step(nothing)[0].tobytes() for _ in range(steps))]


def test_clients_are_passed_in_and_share_nothing() -> None:
    first, second = connect(), connect()
    assert first._client != second._client
    one, other = BalancerWorld(first), BalancerWorld(second)
    alone = play(one, 3)
    play(other, 4)
    assert play(one, 3) == alone
    first.disconnect()
    assert play(other, 3) == alone


@pytest.mark.parametrize("kind", [BalancerWorld, A1World])
def test_no_contact_outlives_its_episode(kind: type[BulletWorld]) -> None:
    """At whatever step the episode was left; PyBullet's saved state lacks its contact caches."""
    alone, world = play(kind(connect()), 4, 20), kind(connect())
    for length in (5, 20, 1, 3, 12):
        assert play(world, 4, length) == alone[: length + 1]


def resident_kb() -> int:
    """Return the resident memory of this process in KB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


@pytest.mark.parametrize("kind", [BulletSwingUp, BulletBalancer, A1])
def test_episodes_leak_nothing(kind: type[BulletSwingUp]) -> None:
    """python -m benchmarks.bullet_leak runs 10,000 episodes."""
    world = kind().world()
    for seed in range(20):
        play(world, seed)
    before = resident_kb()
    for seed in range(150):
        play(world, seed)
    assert resident_kb() - before < 400


def test_what_pybullet_prints_stays_out_of_our_output() -> None:
    script = "from wann_edge.task import load_task; load_task('bullet/a1').world(); print('ours')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "ours\n"
    assert done.stderr == ""


def test_pictures_show_the_state_of_the_world() -> None:
    world = BulletSwingUp().pictured_world()
    world.reset(0)
    pictures = []
    for x_m in (-1.5, 1.5):
        world.start(x_m, 0.0, math.pi, 0.0)
        pictures.append(world.picture())
    assert pictures[0].shape == (320, 480, 3)
    assert pictures[0].dtype == np.uint8
    # The cart is blue, and on the side where it stands.
    for picture, (left, right) in zip(pictures, ((0, 240), (240, 480)), strict=True):
        red, _, blue = np.moveaxis(picture.astype(int), 2, 0)
        columns = np.nonzero(blue - red > 40)[1]
        assert len(columns) > 50
        assert ((columns >= left) & (columns < right)).all()


def test_the_gait_that_a_search_found_walks() -> None:
    """At least 3 m in 10 s without a fall, which would end the episode."""
    network, world = network_file.load(ROOT / "examples" / "a1_trot.json"), A1().world()
    policy = KernelPolicy(network)
    for seed in range(3):
        metres, steps = run_episode(policy, world, seed, a1.SPEC.max_steps)
        assert steps == a1.SPEC.max_steps
        assert 3.0 < metres < 12.0
