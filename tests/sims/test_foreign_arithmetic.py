"""An environment that changes the floating-point mode changes nobody else's bits."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box

from helpers.float_modes import FLUSHING, MODES, flushes
from helpers.networks import random_network
from wann_edge.evaluate import KernelPolicy, run_episode
from wann_edge.kernel.arithmetic import foreign_arithmetic
from wann_edge.kernel.library import library
from wann_edge.sims.gym_task import GymTask

pytestmark = pytest.mark.skipif(not MODES, reason="the mode of this processor is not set")


class Subnormal(gymnasium.Env[np.ndarray, np.ndarray]):
    """Counts in subnormal float64 numbers of float32; a mode is set in each step."""

    observation_space = Box(-1, 1, (1,))
    action_space = Box(-1, 1, (1,))
    dt = 0.1
    mode: int | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, object] | None = None
    ) -> tuple[np.ndarray, dict[str, object]]:
        self.count = 0
        return np.array([1e-40]), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, object]]:
        if self.mode is not None:
            library().wann_set_mode(self.mode)
        self.count += 1
        seen = np.array([1.0e-40, 0.1, 1.1e-40][self.count % 3], np.float64)
        return seen, 0.1 if self.count % 2 else 3e-41, self.count == 6, False, {}


def returned(mode: int | None) -> bytes:
    """Run an episode of an environment that sets a mode; return the bits of its return."""
    made = type("Set", (Subnormal,), {"mode": mode})
    gymnasium.register("Subnormal-v0", made)
    try:
        task = GymTask("gymnasium:Subnormal-v0")
        network = random_network(np.random.default_rng(3), inputs=1, outputs=1)
        total, _ = run_episode(KernelPolicy(network, 1.0), task.world(), 0, 6)
        return total.tobytes()
    finally:
        del gymnasium.registry["Subnormal-v0"]


@pytest.mark.parametrize("mode", [number for number in MODES if number])
def test_the_return_has_the_same_bits_whatever_mode_the_environment_sets(mode: int) -> None:
    usual = returned(None)
    try:
        assert returned(mode) == usual
        assert not flushes()
        with foreign_arithmetic():
            assert flushes() == (mode == FLUSHING), "the environment does not keep its own mode"
    finally:
        with foreign_arithmetic():
            library().wann_set_mode(library().wann_ieee_mode())
