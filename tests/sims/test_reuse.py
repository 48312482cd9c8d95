"""One environment serves all episodes where that gives the numbers of a new one."""

from __future__ import annotations

from collections.abc import Iterator

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from wann_edge.errors import TaskError
from wann_edge.network import Network
from wann_edge.parallel.engine import Engine
from wann_edge.sims.gym_task import GymTask
from wann_edge.sims.reuse import FRESH_EPISODES, SEEDS
from wann_edge.task import load_task


class Counted(gymnasium.Env[np.ndarray, np.ndarray]):
    """A point that actions push. Like a fixed port, only one can be open at a time."""

    observation_space = spaces.Box(-9, 9, (1,))
    action_space = spaces.Box(-1, 1, (1,))
    dt = 0.1
    made = 0
    open = 0
    # After so many episodes the environment changes.
    changes_after = 10**9

    def __init__(self) -> None:
        kind = type(self)
        if kind.open:
            raise OSError("Address already in use")
        kind.made, kind.open, self.episodes = kind.made + 1, 1, 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, object] | None = None
    ) -> tuple[np.ndarray, dict[str, object]]:
        super().reset(seed=seed)
        self.episodes, self.count = self.episodes + 1, 0
        self.place = self.np_random.uniform(-1, 1) + (self.episodes > self.changes_after)
        return np.full(1, self.place), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, object]]:
        self.count += 1
        self.place += 0.1 * float(action[0])
        return np.full(1, self.place), -abs(self.place), self.count == 5, False, {}

    def close(self) -> None:
        type(self).open -= 1


@pytest.fixture
def kind() -> Iterator[type[Counted]]:
    """Yield a registered class; at the end none of it may be open."""
    made = type("Fresh", (Counted,), {})
    gymnasium.registry.pop("Counted-v0", None)
    gymnasium.register("Counted-v0", made)
    yield made
    assert made.open == 0


def returns(task: GymTask, calls: int = 6) -> list[list[float]]:
    """Return the returns of one network in several calls of an engine: 36 episodes."""
    network = Network(task.spec.inputs, task.spec.outputs, ("linear",), ((1, 2),))
    with Engine(task) as engine:
        found = [engine.rollouts([network], (1.0, -1.0), (3, 5, 8)) for _ in range(calls)]
    return [one[0].returns.ravel().tolist() for one in found]


def test_one_environment_serves_where_the_numbers_are_the_same(kind: type[Counted]) -> None:
    found = returns(GymTask("gymnasium:Counted-v0"))
    assert kind.made == 1 + FRESH_EPISODES - 1 + len(SEEDS)
    kind.made, kind.metadata = 0, {"render_modes": [], "reusable": False}
    assert returns(GymTask("gymnasium:Counted-v0")) == found
    assert kind.made == 1 + 36


def test_a_new_environment_serves_each_episode_where_one_carries_state(
    kind: type[Counted],
) -> None:
    found = returns(GymTask("gymnasium:Counted-v0"))
    kind.made, kind.changes_after = 0, 1
    assert returns(GymTask("gymnasium:Counted-v0")) == found
    assert kind.made == 1 + 36 + len(SEEDS)


def test_state_that_shows_later_is_an_error(kind: type[Counted]) -> None:
    kind.changes_after = 30
    said = r"carries state from one episode into the next: after 8 episodes, seed \d gives other"
    with pytest.raises(TaskError, match=f"gymnasium:Counted-v0: the environment {said} numbers;"):
        returns(GymTask("gymnasium:Counted-v0"))


def test_a_world_after_an_error_does_not_keep_its_environment(kind: type[Counted]) -> None:
    task = GymTask("gymnasium:Counted-v0")
    with Engine(task) as engine:
        network = Network(task.spec.inputs, task.spec.outputs, ("linear",), ((1, 2),))
        engine.rollouts([network], (1.0,), range(20))
        assert kind.open == 1, "the environment is kept inside the block"
        kind.step = None  # type: ignore[assignment]
        with pytest.raises(TaskError, match=r"\(seed 1, step 1\).*not callable"):
            engine.rollouts([network], (1.0,), (1,))
        assert kind.open == 0


def test_another_task_of_a_fixed_port_closes_the_kept_one(kind: type[Counted]) -> None:
    with Engine(GymTask("gymnasium:Counted-v0")) as engine:
        network = Network(engine.spec.inputs, engine.spec.outputs, ("linear",), ((1, 2),))
        engine.rollouts([network], (1.0,), range(20))
        assert kind.open == 1
        GymTask("gymnasium:Counted-v0")
        engine.rollouts([network], (1.0,), range(2))


@pytest.mark.parametrize(
    ("name", "is_reused"),
    [("CartPole-v1", True), ("BipedalWalker-v3", False), ("BipedalWalkerHardcore-v3", False)],
)
def test_known_environments(name: str, is_reused: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wann_edge.sims.reuse.TRIAL_STEPS", 100)
    task = load_task(f"gymnasium:{name}")
    assert isinstance(task, GymTask)
    world = task.world()
    assert task.reuse.prove(world) == is_reused
    world.close()
