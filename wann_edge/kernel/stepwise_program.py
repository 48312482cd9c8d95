"""A program that maps one observation after another to actions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from wann_edge.kernel.arrays import Floats, checked
from wann_edge.kernel.library import lanes
from wann_edge.kernel.program import Program


class StepwiseProgram:
    """One program with one shared weight, for loops that take a step at a time.

    A call gives the same bits as ``Program.forward`` in less time, as memory is allocated once.

    Args:
        program: the program to run.
        weight: the shared weight.
    """

    def __init__(self, program: Program, weight: float) -> None:
        self._program, self._width = program, lanes()
        self._scratch, scratch = program.scratch(self._width)
        self._weight = np.array([weight], np.float32)
        sizes = (program.inputs, program.outputs, program.computed)
        self._observation, self._action, self._sums = (np.empty(n, np.float32) for n in sizes)
        arrays = (self._weight, self._observation, self._action, self._sums)
        self._addresses = (*(array.ctypes.data for array in arrays), scratch)

    def act(self, observation: ArrayLike) -> Floats:
        """Return the action, float32 [outputs], for an observation [inputs].

        Raises:
            ValueError: the observation has another shape or is not made of real numbers.
        """
        self._observation[:] = checked(observation, self._observation.shape, "observation")
        self._program.run(self._width, 1, *self._addresses)
        return self._action.copy()
