"""Margins against those of a loop that is known on paper."""

from __future__ import annotations

import numpy as np
import pytest

from wann_edge.kernel import Floats
from wann_edge.network import Input, Network, Output
from wann_edge.robustness.margins import MOST_GAIN, margins_of, with_gain
from wann_edge.system.needs import Need
from wann_edge.task import Spec
from wann_edge.task.held import Held


class IntegratorWorld:
    """x(t + 1) = x(t) + u(t), from 1; the reward is 1 where x is small."""

    def reset(self, seed: int) -> Floats:
        self.x = np.float32(1 + 0.001 * (seed % 7))
        return np.array([self.x], np.float32)

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        self.x = np.float32(np.clip(self.x + action[0], -1e6, 1e6))
        return np.array([self.x], np.float32), np.float32(self.is_held()), False

    def is_held(self) -> bool:
        return bool(abs(self.x) < 0.9)


class Integrator:
    """The task: held if x is small in the last steps; with a rule, or without."""

    summary = "an integrator"
    needs: tuple[Need, ...] = ()

    def __init__(self, rule: Held | None) -> None:
        self.held = rule
        self.spec = Spec("integrator", (Input("x"),), (Output("u"),), 0.1, 150)

    def world(self) -> IntegratorWorld:
        return IntegratorWorld()


def feedback(gain: float, output: Output) -> Network:
    """u = -gain * x."""
    return Network((Input("x"),), (output,), ("linear",), ((1, 2),), (-gain,))


@pytest.mark.parametrize("rule", [Held("small", 20), None])
def test_margins_are_those_of_the_known_loop(rule: Held | None) -> None:
    """The loop 1 - g/2 is stable below a factor of 4; a delay of d below 2 sin(pi / (4d + 2))."""
    found = margins_of(feedback(0.5, Output("u")), Integrator(rule), 2, 0)
    assert found is not None
    assert found.high_gain == pytest.approx(4, rel=0.05)
    assert found.low_gain is not None
    assert found.low_gain < 0.1
    limits = [2 * np.sin(np.pi / (4 * d + 2)) for d in (2, 3)]
    assert limits[0] > 0.5 > limits[1]
    assert found.delay_periods == 2


def test_a_controller_that_fails_has_no_margins() -> None:
    assert margins_of(feedback(2.5, Output("u")), Integrator(Held("small", 20)), 2, 0) is None


def test_discrete_actions_have_no_gain_margin() -> None:
    found = margins_of(feedback(0.5, Output("u", choice="a")), Integrator(Held("small", 20)), 2, 0)
    assert found is not None
    assert (found.low_gain, found.high_gain) == (None, None)


def test_a_gain_multiplies_the_distance_from_the_safe_action() -> None:
    """Inside the bounds, which stay."""
    output = Output("u", low=-3, high=8, safe=2, offset=1, scale=0.5)
    plain = feedback(1, output)
    strong = with_gain(plain, 3)
    for x in (-2.0, 0.5, 40.0, -40.0):
        seen, one = np.array([[x]], np.float32), np.ones(1, np.float32)
        action = 2 + 3 * (1 - 0.5 * x - 2)
        assert strong.program.forward(seen, one)[0] == pytest.approx([np.clip(action, -3, 8)])
    assert with_gain(plain, 1) == plain


def test_the_search_for_a_gain_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wann_edge.robustness.margins.MOST_STEPS", 2)
    found = margins_of(feedback(0.5, Output("u")), Integrator(Held("small", 20)), 2, 0)
    assert found is not None
    assert (found.low_gain, found.high_gain) == (0.5, 2.0)
    assert MOST_GAIN == 32
