"""Any gymnasium environment with vectors of numbers as a task."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import DependencyNotInstalled, UnregisteredEnv
from gymnasium.spaces import Box, Discrete

from wann_edge.errors import MissingError, TaskError, WannError
from wann_edge.kernel import Floats
from wann_edge.network import Input, Output
from wann_edge.sims.gym_names import OBSERVATIONS
from wann_edge.system.needs import Need
from wann_edge.task import Picture, Spec

PREFIX = "gymnasium:"
INSTALL = 'pip install "wann-edge[sims]"'
# Where the environment itself says no end.
MAX_STEPS = 1000

# pygame, which draws, would greet on standard output.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

Environment = gymnasium.Env[Any, Any]


class GymTask:
    """A gymnasium environment, named ``gymnasium:EnvId`` or ``module:EnvId``.

    The module is imported first, so that it can register the environment; one in the
    current folder is found too. Observations are a Box [n]; actions a Box [n], clipped
    to its bounds, or Discrete, of which the largest output is taken. ``dt_s`` is the
    environment's ``dt`` or ``tau``, or 1 / ``render_fps``.

    Raises TaskError where there is no such environment, or it is of another kind, and
    MissingError where it needs a part that is not installed.
    """

    summary = "a gymnasium environment"
    needs: tuple[Need, ...] = ()

    def __init__(self, name: str) -> None:
        self._id = name.removeprefix(PREFIX)
        with warnings.catch_warnings():
            # Box2D crashes on being imported where this is an error.
            warnings.filterwarnings("ignore", "builtin type", DeprecationWarning)
            environment = self.make(name)
        with guarded(name):
            self.spec = _spec(name, environment)
            environment.close()

    def make(self, where: str, *, drawn: bool = False) -> Environment:
        """A new environment."""
        if ":" in self._id and os.getcwd() not in sys.path:
            sys.path.append(os.getcwd())
        options: dict[str, Any] = {"render_mode": "rgb_array"} if drawn else {}
        with guarded(where):
            return gymnasium.make(self._id, disable_env_checker=True, **options)

    def world(self) -> GymWorld:
        """A world of its own for one caller."""
        return GymWorld(self)

    def pictured_world(self) -> GymWorld:
        """A world that draws itself. Raises TaskError where the environment can't."""
        return GymWorld(self, drawn=True)


class GymWorld:
    """One environment, a control period at a time.

    It is made anew for each episode: some, as BipedalWalker, carry traces of the last
    one into the next, and an episode must be its seed and its actions.
    """

    def __init__(self, task: GymTask, *, drawn: bool = False) -> None:
        self._task, self._drawn = task, drawn
        self._where = task.spec.name
        self._running = False
        self._environment: Environment | None = None

    def reset(self, seed: int) -> Floats:
        """Starts the episode that this seed names; gives the first observation."""
        if self._environment is not None:
            self._environment.close()
        self._environment = self._task.make(self._where, drawn=self._drawn)
        with guarded(self._where):
            observation, _ = self._environment.reset(seed=seed)
            self._running = True
            return self._seen(observation)

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """One control period: the next observation, the reward, whether the episode is over.

        Raises TaskError where it was over before, or the environment fails.
        """
        if not self._running or self._environment is None:
            raise TaskError("no episode is running", where=self._where, remedy="call reset() first")
        with guarded(self._where):
            taken = _action(self._environment.action_space, action)
            observation, reward, terminated, truncated, _ = self._environment.step(taken)
            gained = np.float32(float(reward))
            if not np.isfinite(gained):
                raise TaskError(f"the reward {reward} is not finite", where=self._where)
            self._running = not (terminated or truncated)
            return self._seen(observation), gained, not self._running

    def picture(self) -> Picture:
        """The environment as it is now: uint8 [height, width, 3]."""
        with guarded(self._where):
            drawn = None if self._environment is None else self._environment.render()
            if not isinstance(drawn, np.ndarray):
                raise TaskError("the environment draws no pictures", where=self._where)
            return drawn.astype(np.uint8)

    def _seen(self, observation: object) -> Floats:
        return np.array(observation, np.float32).reshape(len(self._task.spec.inputs))


def _action(space: gymnasium.Space[Any], action: Floats) -> object:
    if isinstance(space, Discrete):
        return int(space.start) + int(np.argmax(action))
    assert isinstance(space, Box)
    return np.clip(action, space.low, space.high).astype(space.dtype)


@contextmanager
def guarded(where: str) -> Iterator[None]:
    """What an environment raises, as one line for the user."""
    try:
        yield
    except WannError:
        raise
    except DependencyNotInstalled as error:
        ours = "box2d" in str(error).lower()
        what, remedy = ("Box2D is not installed", INSTALL) if ours else (str(error), "")
        raise MissingError(what, where=where, remedy=remedy) from error
    except (UnregisteredEnv, ModuleNotFoundError) as error:
        raise TaskError(f"there is no such environment: {error}", where=where) from error
    except Exception as error:
        raise TaskError(
            f"the environment failed: {type(error).__name__}: {error}", where=where
        ) from error


def _spec(name: str, environment: Environment) -> Spec:
    registered = environment.spec
    limit = None if registered is None else registered.max_episode_steps
    return Spec(
        name,
        _inputs(name, environment.observation_space),
        _outputs(name, environment.action_space),
        _dt_s(name, environment),
        limit or MAX_STEPS,
    )


def _inputs(name: str, space: gymnasium.Space[Any]) -> tuple[Input, ...]:
    if not isinstance(space, Box) or len(space.shape) != 1 or not space.shape[0]:
        raise TaskError(
            f"observations are {_kind(space)}, and a network takes a vector of numbers",
            where=name,
            remedy="wrap the environment so that its observation space is a Box of shape (n,)",
        )
    usual = [(f"observation_{index}", "1") for index in range(len(space.low))]
    known = OBSERVATIONS.get(name.rpartition(":")[2], usual)
    rows = zip(known, space.low.tolist(), space.high.tolist(), strict=True)
    return tuple(Input(label, unit, low, high) for (label, unit), low, high in rows)


def _outputs(name: str, space: gymnasium.Space[Any]) -> tuple[Output, ...]:
    if isinstance(space, Discrete):
        return tuple(Output(f"choice_{space.start + index}") for index in range(space.n))
    if not isinstance(space, Box) or len(space.shape) != 1 or not space.shape[0]:
        raise TaskError(
            f"actions are {_kind(space)}, and a network gives a vector of numbers",
            where=name,
            remedy="wrap the environment so that its action space is Discrete or a Box "
            "of shape (n,)",
        )
    bounds = enumerate(zip(space.low.tolist(), space.high.tolist(), strict=True))
    return tuple(
        Output(f"action_{index}", "1", low, high, safe=min(max(0.0, low), high))
        for index, (low, high) in bounds
    )


def _kind(space: gymnasium.Space[Any]) -> str:
    if isinstance(space, Box):
        return f"a Box of shape {space.shape}"
    return type(space).__name__


def _dt_s(name: str, environment: Environment) -> float:
    """The time step that the environment simulates, else that of its pictures."""
    bare = environment.unwrapped
    fps = environment.metadata.get("render_fps")
    for found in (getattr(bare, "dt", None), getattr(bare, "tau", None), fps and 1 / fps):
        if found:
            return float(found)
    raise TaskError(
        "the environment does not say its time step",
        where=name,
        remedy='give it an attribute dt in seconds, or metadata "render_fps"',
    )
