"""The guarantees of every registered task; registering a task is enough to have it tested."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from helpers.networks import random_network
from helpers.parts import ROOT, missing
from helpers.rollouts import assert_same
from wann_edge import registry
from wann_edge.errors import MissingError, TaskError
from wann_edge.evaluate import KernelPolicy, run_episode
from wann_edge.network import LARGEST, Network
from wann_edge.robustness.validate import possible
from wann_edge.task import Task, World, is_batch, load_task, takes_draws, takes_many
from wann_edge.task.disturbances import parse
from wann_edge.task.disturbed import disturbed, parameters_of
from wann_edge.task.held import WatchedWorld, held_rule, judging
from wann_edge.task.practice import Practice, practised

# The number of steps to inspect; a whole episode may be long.
STEPS = 200
SEEDS = (3, 2**31, 11, 2)

Floats = NDArray[np.float32]
Step = tuple[Floats, np.float32, bool]


# A task from a file has the same guarantees as those with names.
MY_PLANT = os.path.relpath(ROOT / "examples" / "my_plant.c")
# One task of each simulator that creates tasks from unregistered names.
NAMED = ("gymnasium:BipedalWalker-v3", "gymnasium:LunarLanderContinuous-v3", MY_PLANT)


# So strong that each has an effect within a few steps.
ALL = parse("vary=20%,noise=5%,adc=6,limit=60%,dead=10%,latency=2,jitter=30%,drop=20%")

loaded = cache(load_task)


@pytest.fixture(params=[*sorted(registry.registered("tasks")), *NAMED])
def task(request: pytest.FixtureRequest) -> Task:
    """Return each registered task; skip those whose simulator is not installed."""
    name: str = request.param
    try:
        return loaded(name)
    except MissingError as error:
        missing("sims", str(error))
        raise


def bounds(task: Task) -> tuple[Floats, Floats]:
    """Return the lowest and the highest action."""
    ends = [(channel.low, channel.high) for channel in task.spec.outputs]
    low, high = np.array(ends, np.float32).T
    return low, high


def actions(task: Task, seed: int) -> Iterator[Floats]:
    """Yield random actions within the bounds, without end."""
    rng = np.random.default_rng(seed)
    low, high = bounds(task)
    while True:
        yield rng.uniform(low, high).astype(np.float32)


def play(task: Task, world: World, seed: int, most: int = STEPS) -> list[Step]:
    """Return the first steps of an episode under random actions; the start has no reward."""
    steps = [(world.reset(seed), np.float32(0), False)]
    for _, action in zip(range(most), actions(task, seed), strict=False):
        if steps[-1][2]:
            break
        steps.append(world.step(action))
    return steps


def bits(steps: list[Step]) -> list[tuple[bytes, bytes, bool]]:
    """Return steps in a form to compare bit by bit."""
    return [(seen.tobytes(), reward.tobytes(), over) for seen, reward, over in steps]


def network_for(task: Task, seed: int = 7) -> Network:
    """Return a random network with the task's contract."""
    spec, rng = task.spec, np.random.default_rng(seed)
    made = random_network(rng, inputs=len(spec.inputs), hidden=6, outputs=len(spec.outputs))
    return Network(spec.inputs, spec.outputs, made.activations, made.edges, task=spec.name)


def test_the_contract_is_a_networks(task: Task, request: pytest.FixtureRequest) -> None:
    """Network files and headers can contain the names, units and bounds."""
    spec = task.spec
    assert request.node.callspec.params["task"] == spec.name
    assert network_for(task).task == spec.name
    assert spec.dt_s > 0
    assert spec.max_steps >= 1
    low, high = bounds(task)
    assert np.isfinite([low, high]).all()
    assert (low < high).all()


def test_shapes_and_types(task: Task) -> None:
    for seen, reward, over in play(task, task.world(), SEEDS[0]):
        assert seen.shape == (len(task.spec.inputs),)
        assert seen.dtype == np.float32
        assert type(reward) is np.float32
        assert type(over) is bool
        assert np.isfinite(seen).all()
        assert np.isfinite(reward)


def test_observations_stay_within_their_bounds(task: Task) -> None:
    """The kernel's sine and cosine may exceed 1 by an ulp."""
    low = np.array([np.nextafter(np.float32(each.low), -np.inf) for each in task.spec.inputs])
    high = np.array([np.nextafter(np.float32(each.high), np.inf) for each in task.spec.inputs])
    world = task.world()
    seen = np.array([step[0] for seed in SEEDS for step in play(task, world, seed)])
    assert (seen >= low).all(), np.min(seen, axis=0)
    assert (seen <= high).all(), np.max(seen, axis=0)


def test_seed_and_actions_determine_an_episode(task: Task) -> None:
    world = task.world()
    first = bits(play(task, world, SEEDS[0]))
    play(task, world, SEEDS[1])
    assert bits(play(task, world, SEEDS[0])) == first
    assert bits(play(task, task.world(), SEEDS[0])) == first


def test_worlds_do_not_disturb_one_another(task: Task) -> None:
    alone = bits(play(task, task.world(), SEEDS[0], 20))
    one, other = task.world(), task.world()
    steps = [(one.reset(SEEDS[0]), np.float32(0), False)]
    other.reset(SEEDS[1])
    pairs = zip(actions(task, SEEDS[0]), actions(task, SEEDS[1]), strict=False)
    other_over = False
    for mine, theirs in pairs:
        if len(steps) == len(alone):
            break
        steps.append(one.step(mine))
        if not other_over:
            other_over = other.step(theirs)[2]
    assert bits(steps) == alone


def test_starts_are_random(task: Task) -> None:
    world = task.world()
    starts = {world.reset(seed).tobytes() for seed in range(10)}
    assert len(starts) == 10


def test_observations_and_actions_are_not_shared(task: Task) -> None:
    """Callers may write to observations and actions; worlds do not write to either later."""
    expected = bits(play(task, task.world(), SEEDS[0], 20))
    world = task.world()
    seen = [world.reset(SEEDS[0])]
    kept = [seen[0].copy()]
    for action in actions(task, SEEDS[0]):
        if len(seen) == len(expected):
            break
        given = action.copy()
        seen.append(world.step(given)[0])
        assert (given == action).all(), "an action was written to"
        kept.append(seen[-1].copy())
        given[:] = np.nan
        for old, before in zip(seen, kept, strict=True):
            assert (old == before).all(), "an observation was written to"
        seen[-1][:] = 0
        kept[-1][:] = 0
    world = task.world()
    careless = [(world.reset(SEEDS[0]), np.float32(0), False)]
    results = bits(careless)
    for action in actions(task, SEEDS[0]):
        if len(results) == len(expected):
            break
        careless[-1][0][:] = 7
        careless.append(world.step(action))
        results += bits(careless[-1:])
    assert results == expected


def test_actions_are_clipped(task: Task) -> None:
    low, high = bounds(task)
    for end, beyond in ((high, high + (high - low) + 3), (low, low - (high - low) - 3)):
        worlds = (task.world(), task.world())
        for world in worlds:
            world.reset(SEEDS[0])
        for _ in range(5):
            steps = [world.step(act) for world, act in zip(worlds, (end, beyond), strict=True)]
            assert bits(steps[:1]) == bits(steps[1:])
            if steps[0][2]:
                break


def test_an_episode_ends_by_itself_or_after_max_steps(task: Task) -> None:
    policy, limit = KernelPolicy(network_for(task)), task.spec.max_steps
    total, steps = run_episode(policy, task.world(), SEEDS[0], limit)
    assert np.isfinite(total)
    assert 1 <= steps <= limit
    short = max(1, steps // 2)
    assert run_episode(policy, task.world(), SEEDS[0], short)[1] == short


def test_no_step_before_a_reset_or_after_the_end(task: Task) -> None:
    world, (low, high) = task.world(), bounds(task)
    with pytest.raises(TaskError, match="reset"):
        world.step(high)
    for action in (high, low, (low + high) / 2):
        world.reset(SEEDS[0])
        over = any(world.step(action)[2] for _ in range(task.spec.max_steps))
        if over:
            with pytest.raises(TaskError, match="reset"):
                world.step(action)
            world.reset(SEEDS[0])
            world.step(action)


def test_a_pickled_task_is_the_same_task(task: Task) -> None:
    again: Task = pickle.loads(pickle.dumps(task))
    assert again.spec == task.spec
    assert bits(play(again, again.world(), SEEDS[2])) == bits(play(task, task.world(), SEEDS[2]))


def test_batches_equal_the_loop_over_steps(task: Task) -> None:
    """Returns and lengths have the same bits, for tasks that run batches."""
    if not is_batch(task):
        pytest.skip("this task answers no batches")
    held_against_the_loop(task)


def test_disturbed_batches_equal_the_loop_over_steps(task: Task) -> None:
    """The kernel's lanes agree with a world that is disturbed step by step."""
    other = disturbed(task, possible(task, ALL)[0])
    if not is_batch(other):
        pytest.skip("this task answers no disturbed batches")
    found = [each.rollouts(network_for(task), (0.7,), SEEDS).returns for each in (task, other)]
    assert not np.array_equal(*found)
    held_against_the_loop(other)


def test_practice_batches_equal_the_loop_over_steps(task: Task) -> None:
    """The kernel's lanes apply the rules of practice like a world, step by step."""
    other, hasty = practised(task, Practice(9, 4.5, -0.25)), practised(task, Practice(9, LARGEST))
    if not (is_batch(other) and is_batch(hasty)):
        pytest.skip("this task answers no batches in practice")
    assert (hasty.rollouts(network_for(task), (0.7,), SEEDS).steps <= 9).all()
    held_against_the_loop(other)


def test_seed_and_actions_determine_a_disturbed_episode(task: Task) -> None:
    other = disturbed(task, possible(task, ALL)[0])
    world = other.world()
    once = bits(play(task, world, SEEDS[0], 50))
    assert once != bits(play(task, task.world(), SEEDS[0], 50))
    play(task, world, SEEDS[1], 5)
    assert bits(play(task, world, SEEDS[0], 50)) == once


def test_parameters_multiplied_by_one_change_nothing_and_by_more_something(task: Task) -> None:
    names = parameters_of(task.world())
    if not names:
        pytest.skip("this task has no masses or lengths to vary")

    def played(factors: list[float]) -> list[tuple[bytes, bytes, bool]]:
        world: Any = task.world()
        world.vary(np.array(factors, np.float32))
        return bits(play(task, world, SEEDS[0]))

    ones, plain = [1.0] * len(names), bits(play(task, task.world(), SEEDS[0]))
    assert played(ones) == plain
    for index in range(len(names)):
        assert played([*ones[:index], 1.2, *ones[index + 1 :]]) != plain, names[index]


def held_against_the_loop(task: Task) -> None:
    """Check that batches of a task equal its worlds, bit by bit, and what is held too."""
    task = judging(task)
    assert is_batch(task)
    networks, weights, seeds = [network_for(task, seed) for seed in (1, 2)], (-1.5, 0.7), SEEDS[:3]
    batches = [task.rollouts(network, weights, seeds) for network in networks]
    if takes_many(task):
        [*map(assert_same, batches, task.rollouts_of(networks, weights, seeds))]
    world = WatchedWorld(task.world(), held_rule(task))
    for network, batch in zip(networks, batches, strict=True):
        if takes_draws(task):
            drawn = np.repeat(np.array(weights, np.float32)[:, None], len(seeds), axis=1)
            alive = network.without_dead_nodes()
            assert_same(batch, task.drawn_rollouts(alive, drawn, seeds))
        for place in np.ndindex(len(weights), len(seeds)):
            policy = KernelPolicy(network, weights[place[0]])
            alone = run_episode(policy, world, seeds[place[1]], task.spec.max_steps)
            assert (batch.returns[place], batch.steps[place]) == alone
            assert batch.held is None or bool(batch.held[place]) == world.held
