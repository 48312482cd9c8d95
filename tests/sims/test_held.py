"""When episodes are held: the plants' rules against the same rules in float64, and the counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from helpers.parts import ROOT
from wann_edge.evaluate import rollouts
from wann_edge.kernel import plant
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.registry import BUILT_IN
from wann_edge.robustness.fresh import Fresh, fresh_episodes
from wann_edge.sims.native import NativeTask, NativeWorld
from wann_edge.sims.swingup import SwingUp
from wann_edge.task import World, load_task
from wann_edge.task.disturbances import parse
from wann_edge.task.disturbed import disturbed
from wann_edge.task.held import Held, held_episodes, held_rule, judging, of_reward

TEN_DEGREES = math.pi / 18

# Of a state with its observation: how far within the limits it is, above 0 for a held state.
MARGINS: dict[str, Callable[[Sequence[float], Sequence[float]], float]] = {
    "swingup": lambda s, o: min(math.cos(s[2]) - math.cos(TEN_DEGREES), 2.4 - abs(s[0])),
    "cartpole": lambda s, o: min(2.4 - abs(s[0]), math.pi / 15 - abs(s[2])),
    "pendulum": lambda s, o: math.cos(s[0]) - math.cos(TEN_DEGREES),
    "mountaincar": lambda s, o: min(s[0] - 0.45, s[1]),
    "acrobot": lambda s, o: -math.cos(s[0]) - math.cos(s[0] + s[1]) - 1,
    "furuta": lambda s, o: min(TEN_DEGREES - abs(s[1]), 2 - abs(s[0])),
    "furuta-swingup": lambda s, o: min(math.cos(s[1]) - math.cos(TEN_DEGREES), 3 - abs(s[0])),
    "balancer": lambda s, o: min(TEN_DEGREES - abs(o[2]), 1 - abs(o[0])),
    "quadrotor": lambda s, o: min(0.1 - math.hypot(s[0], s[1]), 1.2 - abs(s[2])),
}
SPREADS = {"mountaincar": 1.0, "quadrotor": 0.15, "acrobot": 2.0}


@pytest.mark.parametrize("name", MARGINS)
def test_a_plants_rule_is_the_one_in_words(name: str) -> None:
    here = plant(name)
    rng = np.random.default_rng(0)
    verdicts = []
    for _ in range(400):
        state = rng.normal(0, SPREADS.get(name, 0.3), here.states).astype(np.float32)
        seen = here.observe(state)
        margin = MARGINS[name](state.tolist(), seen.tolist())
        if abs(margin) > 1e-5:
            verdicts.append(margin > 0)
            assert here.is_held(state, seen) == verdicts[-1], state
    assert {True, False} == set(verdicts), "both verdicts were compared"


@pytest.mark.parametrize("name", BUILT_IN["tasks"])
def test_every_task_declares_when_an_episode_is_held(name: str) -> None:
    rule = held_rule(load_task(name))
    assert rule is not None
    page = (ROOT / "docs" / "tasks.md").read_text()
    assert rule.when in page
    assert rule.steps > 0
    if "for the last 2 s" in rule.when:
        assert rule.steps * load_task(name).spec.dt_s == pytest.approx(2)


def held_of(task: NativeTask, network: Network, episodes: int = 20) -> Fresh:
    return fresh_episodes(network, task, (network.shared_weight,), episodes, 0)[0]


def test_a_pole_that_stands_is_held_and_one_that_spins_is_not() -> None:
    standing = network_file.load(ROOT / "examples" / "swingup_tuned.json")
    assert (share := held_of(SwingUp(), standing).held_share) is not None
    assert share.held == 20
    weak = held_of(SwingUp(), network_file.load(ROOT / "examples" / "swingup_any_weight.json"))
    assert len(weak.returns) > 0
    none = fresh_episodes(standing, SwingUp(), (0.0,), 20, 0)[0]
    assert none.held_share is not None
    assert none.held_share.held == 0


def test_a_search_does_not_pay_for_the_count() -> None:
    network = network_file.load(ROOT / "examples" / "swingup_tuned.json")
    assert rollouts(network, SwingUp(), (1.0,), [1]).held is None
    counted = rollouts(network, judging(SwingUp()), (1.0,), [1])
    assert counted.held is not None
    np.testing.assert_array_equal(
        counted.returns, rollouts(network, SwingUp(), (1.0,), [1]).returns
    )


def test_a_world_is_asked_only_where_the_count_is_wanted() -> None:
    asked = []

    class Asked(NativeWorld):
        def is_held(self) -> bool:
            asked.append(1)
            return super().is_held()

    class Stepwise:
        spec, summary, needs, held = SwingUp.spec, "for tests", (), SwingUp().held

        def world(self) -> World:
            return Asked(SwingUp())

    network = network_file.load(ROOT / "examples" / "swingup_tuned.json")
    assert rollouts(network, Stepwise(), (1.0,), [1]).held is None
    assert not asked
    counted = rollouts(network, judging(Stepwise()), (1.0,), [1])
    assert counted.held is not None
    assert (counted.held.item(), len(asked)) == (1, SwingUp.spec.max_steps)


def test_a_reward_is_compared_in_its_own_type() -> None:
    rule = of_reward(0.7)
    assert rule.verdict(np.float32(0.7), None)
    assert not rule.verdict(np.float32(0.6999999), None)


def test_disturbed_episodes_are_judged_by_the_true_state() -> None:
    network = network_file.load(ROOT / "examples" / "swingup_robust.json")
    noisy = judging(disturbed(SwingUp(), parse("noise=1%")))
    found = rollouts(network, noisy, (network.shared_weight,), range(10))
    held = held_episodes(held_rule(noisy), found)
    assert held is not None
    assert held.sum() == 10


PLANT = """#include "wann_plant.h"
static void reset(uint64_t seed, wann_real *s) { s[0] = wann_uniform(seed, 0, -1.0f, 1.0f); }
static void observe(const wann_real *s, wann_real *o) { o[0] = s[0]; }
static wann_mask step(wann_real *s, const wann_real *a, wann_real *r)
{ (void)a; r[0] = wann_constant(1.0f); s[0] = s[0] * 1.0f; return WANN_NEVER; }
static wann_mask held(const wann_real *s) { return wann_true(s[0] > 0.5f); }
const wann_my_plant my_plant = {.dt_s = 0.1f, .max_steps = 20, .states = 1,
    .inputs = {{"x", "m", -1.0f, 1.0f}}, .outputs = {{"u", "1", -1.0f, 1.0f}},
    .reset = reset, .observe = observe, .step = step, .held = held, .held_s = HELD_S};
"""


def test_a_c_plant_declares_it_in_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("drift.c").write_text(PLANT.replace("HELD_S", "0.5f"))
    task = load_task("./drift.c")
    rule = held_rule(task)
    assert rule == Held("held() of the file is true for the last 0.5 s", 5)
    assert isinstance(task, NativeTask)
    network = Network(task.spec.inputs, task.spec.outputs, ("linear",), ((1, 2),))
    seeds = range(30)
    found = rollouts(network, judging(task), (1.0,), seeds)
    held = held_episodes(rule, found)
    assert held is not None
    np.testing.assert_array_equal(held[0], task.starts(seeds)[:, 0] > 0.5)
    assert 0 < held.sum() < 30


def test_a_reward_decides_where_the_rule_names_one() -> None:
    task = load_task("gymnasium:CartPole-v1")
    assert held_rule(task) == Held("a reward of at least 475", reward=475.0)
