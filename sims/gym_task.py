"""Gymnasium environments with vectors of numbers as tasks."""

from __future__ import annotations

import os
import sys
import warnings
from copy import copy
from typing import Any, cast

import gymnasium
import numpy as np

from wann_edge.errors import TaskError
from wann_edge.kernel import Floats
from wann_edge.registry import registered
from wann_edge.sims.control_period import ControlPeriod, control_period
from wann_edge.sims.gym_actions import action_of, outputs_of
from wann_edge.sims.gym_arguments import parsed_name
from wann_edge.sims.gym_errors import SlipError, flag_of, guarded, reward_of, started, stepped
from wann_edge.sims.gym_identity import identity_of
from wann_edge.sims.gym_observations import flags_in, inputs_of, numbers_of
from wann_edge.sims.reuse import Reuse
from wann_edge.system.needs import Need
from wann_edge.task import Picture, Spec
from wann_edge.task.held import of_reward
from wann_edge.task.idle import idle
from wann_edge.task.open_world import opened

PREFIX = "gymnasium:"
# The length of an episode where the environment has no limit.
MAX_STEPS = 1000

# Otherwise pygame prints a greeting to standard output.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

Environment = gymnasium.Env[Any, Any]


class GymTask:
    """A gymnasium environment, named ``gymnasium:EnvId`` or ``module:EnvId``.

    The module is imported first and registers the environment; it can be a file in the
    current folder. gym_arguments.py has the spelling of arguments, gym_observations.py and
    gym_actions.py the inputs and outputs, and control_period.py the control period.

    Attributes:
        flags: for each input whether it is 0 or 1 by its kind.
        notes: what the user should know about the control period, a sentence each.
        held: an episode is held from the environment's ``reward_threshold`` on; None where it
            has none.

    Args:
        name: of the environment, with its prefix, and with its arguments.

    Raises:
        SettingsError: an argument is not valid.
        TaskError: there is no such environment, or its spaces are not supported.
        MissingError: the environment needs a package that is not installed.
    """

    summary = "a gymnasium environment"
    needs: tuple[Need, ...] = ()

    def __init__(self, name: str) -> None:
        parsed = parsed_name(name)
        name = parsed.spelling
        before, _, rest = parsed.environment.partition(":")
        self._id = rest if before in registered("simulators") else parsed.environment
        self._arguments = parsed.arguments
        with warnings.catch_warnings():
            # Importing Box2D crashes where this warning is an error.
            warnings.filterwarnings("ignore", "builtin type", DeprecationWarning)
            environment = self.make(name)
        with guarded(name), opened(environment):
            given_s = parsed.control_period_s
            period = ControlPeriod(given_s) if given_s else control_period(name, environment)
            self.spec = _spec(name, environment, period.seconds)
            self.flags = flags_in(environment.observation_space)
            self.notes = period.notes
            self._module = type(environment.unwrapped).__module__
            threshold = None if environment.spec is None else environment.spec.reward_threshold
            self.held = None if threshold is None else of_reward(threshold)
            reusable = bool(environment.metadata.get("reusable", True))
        self.reuse = Reuse(self.spec, is_allowed=reusable)

    @property
    def identity(self) -> dict[str, str]:
        """What its episodes are computed from."""
        return identity_of(self._module, self._id, self._arguments)

    def make(self, where: str, *, drawn: bool = False) -> Environment:
        """Create an environment; ``where`` names it in errors, ``drawn`` adds pictures."""
        if ":" in self._id and os.getcwd() not in sys.path:
            sys.path.append(os.getcwd())
        options: dict[str, Any] = {
            **self._arguments,
            **({"render_mode": "rgb_array"} if drawn else {}),
        }
        idle.release()
        with guarded(where):
            return gymnasium.make(self._id, disable_env_checker=True, **options)

    def with_spec(self, spec: Spec) -> GymTask:
        """Return the task with other inputs and outputs, equal in number."""
        made = copy(self)
        made.spec = spec
        return made

    def world(self) -> GymWorld:
        """Create a world."""
        return GymWorld(self)

    def pictured_world(self) -> GymWorld:
        """Create a world that draws pictures, where the environment can."""
        return GymWorld(self, drawn=True)


class GymWorld:
    """One environment, a control period at a time.

    Some environments, such as BipedalWalker, carry state from one episode into the next. Each
    episode runs in a new environment until ``Reuse`` has shown that this one does not.
    """

    def __init__(self, task: GymTask, *, drawn: bool = False) -> None:
        self._task, self._drawn = task, drawn
        self._where = task.spec.name
        self._reuse = task.reuse
        self._seed, self._steps, self._running = 0, 0, False
        # Whether the last call of the environment returned.
        self._is_sound = True
        self._environment: Environment | None = None

    def reset(self, seed: int) -> Floats:
        """Start the episode of a seed; return the first observation, float32 [inputs]."""
        if self._reuse.is_proven and not self._drawn:
            self._take_kept()
        else:
            self._replace()
        return self.begin(seed)

    def _take_kept(self) -> None:
        """Have the environment of the last episode, or a new one where there is none."""
        if self._environment is None or not self._is_sound:
            self.close()
            kept = cast("Environment | None", idle.take(self._reuse))
            self._environment = kept or self._task.make(self._where)
        self._reuse.check(self)

    def _replace(self) -> None:
        """Have a new environment, after the trial where it is due."""
        proves = not self._drawn and self._reuse.is_due() and self._reuse.prove(self)
        if not proves:
            self.renew()

    def renew(self) -> None:
        """Close the environment and make a new one."""
        self.close()
        self._environment = self._task.make(self._where, drawn=self._drawn)

    def begin(self, seed: int) -> Floats:
        """Start an episode in the environment that the world has now."""
        assert self._environment is not None
        self._seed, self._steps, self._is_sound = seed, 0, False
        with guarded(self._where, self._moment):
            observation = started(self._environment.reset(seed=seed))
            self._running = self._is_sound = True
            return self._checked(observation)

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """Run one control period: return observation, reward, and whether the episode is over.

        Raises:
            TaskError: no episode is running, or the environment fails.
        """
        if not self._running or self._environment is None:
            raise TaskError("no episode is running", where=self._where, remedy="call reset() first")
        self._steps += 1
        self._is_sound = False
        with guarded(self._where, self._moment):
            taken = action_of(self._environment.action_space, action)
            observation, reward, *ends = stepped(self._environment.step(taken))
            gained = reward_of(reward)
            over = flag_of("terminated", ends[0]) or flag_of("truncated", ends[1])
            self._running, self._is_sound = not over, True
            return self._checked(observation), gained, over

    def close(self) -> None:
        """Close the environment, or keep it for the next world where it can be reused."""
        environment, self._environment = self._environment, None
        self._running = False
        if environment is None:
            return

        def close() -> None:
            with guarded(self._where):
                environment.close()

        if self._reuse.is_proven and self._is_sound and not self._drawn:
            idle.keep(self._reuse, environment, close)
        else:
            close()

    def picture(self) -> Picture:
        """Draw the current state: uint8 [height, width, 3]."""
        with guarded(self._where):
            drawn = None if self._environment is None else self._environment.render()
            if not isinstance(drawn, np.ndarray):
                raise TaskError(
                    "the environment draws no pictures",
                    where=self._where,
                    remedy='give it render_mode "rgb_array", or leave out the video',
                )
            return drawn.astype(np.uint8)

    def _moment(self) -> str:
        """Return where the episode is, for errors."""
        return f" (seed {self._seed}, step {self._steps})"

    def _checked(self, observation: object) -> Floats:
        """Return an observation as float32 [inputs]. Raises SlipError for NaN or infinity."""
        assert self._environment is not None
        seen = numbers_of(self._environment.observation_space, observation)
        if not np.isfinite(seen).all():
            place = int(np.argmin(np.isfinite(seen)))
            name = self._task.spec.inputs[place].name
            raise SlipError(f"the observation {name} is {seen[place]}")
        return seen


def _spec(name: str, environment: Environment, dt_s: float) -> Spec:
    registered = environment.spec
    limit = None if registered is None else registered.max_episode_steps
    return Spec(
        name=name,
        inputs=inputs_of(name, environment.observation_space),
        outputs=outputs_of(name, environment.action_space),
        dt_s=dt_s,
        max_steps=limit or MAX_STEPS,
    )
