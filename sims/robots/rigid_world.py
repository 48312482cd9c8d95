"""The base of the worlds of rigid bodies: episodes, control periods, variation."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np

from wann_edge.errors import MissingError, TaskError
from wann_edge.kernel import Floats
from wann_edge.sims.robots.scaled import ROBOTS
from wann_edge.task import Spec
from wann_edge.task.fingerprint import sha256_of, with_version
from wann_edge.task.idle import idle

World = TypeVar("World", bound="RigidWorld")

# The module of an engine; it has no types that are needed here.
Engine: TypeAlias = Any


def import_engine(module: str) -> Engine:
    """Import an installed engine.

    Raises:
        MissingError: the import fails, for example for parts of different versions.
    """
    try:
        return import_module(module)
    except (ImportError, OSError, RuntimeError) as error:
        raise MissingError(
            f"{module} is installed, but importing it fails: {error}",
            where=module,
            remedy=f"install it again: pip install --force-reinstall {module.partition('.')[0]}",
        ) from error


def rigid_identity(world: type[RigidWorld], package: str) -> dict[str, str]:
    """Return what the episodes of a world are computed from.

    Args:
        world: its class.
        package: the engine's package.
    """
    texts = [path.read_text() for path in sorted(ROBOTS.glob("*.urdf"))]
    robots = sha256_of("".join(texts))
    return {"world": world.__name__, "package": with_version(package), "robots": robots}


class RigidWorld:
    """A world of rigid bodies, a control period at a time.

    An engine's class implements ``set_up``, ``restore`` and ``advance``; a task's class
    implements ``begin``, ``command``, ``observe`` and ``judge``.

    Attributes:
        spec: the task's contract.
        substeps: physics steps per control period.
        parameters: names of what ``vary`` changes.
        factors: the current factor of each parameter.
    """

    spec: Spec
    substeps: int
    parameters: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.factors = dict.fromkeys(self.parameters, 1.0)
        self._low = np.array([output.low for output in self.spec.outputs], np.float32)
        self._high = np.array([output.high for output in self.spec.outputs], np.float32)
        self._running = False
        self.set_up()

    def vary(self, factors: Floats) -> None:
        """Build the world again, each parameter times its factor, float32 [parameters]."""
        self.factors = dict(zip(self.parameters, factors.tolist(), strict=True))
        self._running = False
        self.set_up()

    def set_up(self) -> None:
        """Build the bodies in the engine, with masses and lengths scaled by the factors."""
        raise NotImplementedError

    def restore(self) -> None:
        """Return to the state after ``set_up``, with nothing left of the last episode."""
        raise NotImplementedError

    def advance(self, action: Floats) -> None:
        """Run the physics steps of a control period with an action, float32 [outputs]."""
        raise NotImplementedError

    def begin(self, rng: np.random.Generator) -> None:
        """Set the starting state of an episode, drawn from the generator."""
        raise NotImplementedError

    def command(self, action: Floats) -> None:
        """Set the motors for a control period. action: float32 [outputs], within its bounds."""

    def observe(self) -> Sequence[float]:
        """Return the current observation [inputs]."""
        raise NotImplementedError

    def judge(self) -> tuple[float, bool]:
        """Return the reward of the last control period, and whether the episode is over."""
        raise NotImplementedError

    def reset(self, seed: int) -> Floats:
        """Start the episode of a seed; return the first observation, float32 [inputs]."""
        self.restore()
        self.begin(np.random.default_rng(seed))
        self._running = True
        return np.array(self.observe(), np.float32)

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """Run one control period.

        Args:
            action: float32 [outputs], clipped to its bounds.

        Returns:
            The next observation, the reward, and whether the episode is over.

        Raises:
            TaskError: no episode is running.
        """
        if not self._running:
            raise TaskError(
                "no episode is running", where=self.spec.name, remedy="call reset() first"
            )
        taken = np.clip(action, self._low, self._high)
        self.command(taken)
        self.advance(taken)
        reward, over = self.judge()
        self._running = not over
        return np.array(self.observe(), np.float32), np.float32(reward), over

    def close(self) -> None:
        """Keep the world for its next use, or release it where its bodies were varied."""
        self._running = False
        if all(factor == 1 for factor in self.factors.values()):
            idle.keep(type(self), self, self.release)
        else:
            self.release()

    def release(self) -> None:
        """Give back what the engine holds outside Python's memory."""


def kept(kind: type[World]) -> World | None:
    """Return the world of this class that is kept in this process, if there is one."""
    return cast("World | None", idle.take(kind))
