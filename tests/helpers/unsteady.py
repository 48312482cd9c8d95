"""A task that ignores its seeds."""

from __future__ import annotations

from dataclasses import replace

from wann_edge.kernel import Floats
from wann_edge.sims.native import NativeWorld
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.task import World


class _Unsteady(NativeWorld):
    """Takes another seed at each start."""

    _starts = 0

    def reset(self, seed: int) -> Floats:
        """Start an episode that depends on the number of episodes before."""
        _Unsteady._starts += 1
        return super().reset(_Unsteady._starts)


class UnsteadySwingUp(SwingUp):
    """The swing-up's first 20 steps, from other starts in each run."""

    spec = replace(SPEC, max_steps=20)

    def world(self) -> World:
        """Return the world that ignores its seeds."""
        return _Unsteady(self)
