"""The kernel's bits do not depend on the floating-point mode that the process is in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.float_modes import FLAGS, FLUSHING, MODES, flushes, mode
from helpers.networks import subnormal_networks
from wann_edge.kernel import plant
from wann_edge.kernel.arithmetic import foreign_arithmetic, ieee_arithmetic
from wann_edge.kernel.library import library
from wann_edge.network import Network

pytestmark = pytest.mark.skipif(not MODES, reason="the mode of this processor is not set")

NUMBERS = st.floats(-(2.0**-126), 2.0**-126, width=32) | st.floats(-4, 4, width=32)


@settings(max_examples=30, deadline=None)
@given(network=subnormal_networks(), data=st.data())
def test_actions_of_subnormal_networks_have_the_same_bits_in_every_mode(
    network: Network, data: st.DataObject
) -> None:
    size = len(network.inputs)
    rows = data.draw(st.lists(st.lists(NUMBERS, min_size=size, max_size=size), min_size=1))
    seen = np.array(rows, np.float32)
    shared = np.full(len(seen), network.shared_weight, np.float32)
    expected = network.program.forward(seen, shared).tobytes()
    for number in MODES:
        with mode(number):
            found = network.program.forward(seen, shared)
            assert library().wann_set_mode(number) & ~FLAGS == number, "the mode is not restored"
        assert found.tobytes() == expected


def test_the_context_keeps_subnormals_and_restores_the_mode() -> None:
    with mode(FLUSHING):
        assert flushes()
        with ieee_arithmetic():
            assert not flushes()
        assert flushes()
    assert not flushes()


def test_a_plant_steps_with_the_same_bits_in_every_mode() -> None:
    swingup = plant("swingup")
    state = np.linspace(1e-40, 2e-40, swingup.states, dtype=np.float32)
    seen, action = swingup.observe(state), np.full(swingup.actions, 1e-41, np.float32)

    def step() -> tuple[bytes, ...]:
        after, observed, reward, _ = swingup.step(state, seen, action)
        return after.tobytes(), observed.tobytes(), reward.tobytes()

    expected = step()
    for number in MODES:
        with mode(number):
            assert step() == expected


def test_foreign_code_keeps_the_mode_that_it_sets_and_ours_stays() -> None:
    with foreign_arithmetic():
        before = library().wann_set_mode(FLUSHING)
    assert not flushes()
    with foreign_arithmetic():
        assert flushes()
        library().wann_set_mode(before)
    with foreign_arithmetic():
        assert not flushes()
