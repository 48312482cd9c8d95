"""Fixed point on emulated cores: the kernel's words, even where int has 16 bits."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from helpers.fixed_networks import biped, champion
from wann_edge.fixed_point.ranges import measured_ranges
from wann_edge.network.fixed_network import FixedNetwork, quantise
from wann_edge.sims.swingup import SwingUp
from wann_edge.system.cores import CORES
from wann_edge.verify import prove
from wann_edge.verify.emulated.measured_cost import cost_states, measure_cost

pytestmark = pytest.mark.usefixtures("few_inputs")


@cache
@cache
def quantised(data: Path, tuned: bool) -> FixedNetwork:
    """Return the swing-up champion in q15, or the tuned one in q31."""
    network = champion(data, tuned=tuned)
    return quantise(network, measured_ranges(network, SwingUp()), "q31" if tuned else "q15")


@pytest.mark.usefixtures("emulators")
@pytest.mark.parametrize(
    ("core", "tuned"),
    [*((core, False) for core in CORES), ("cortex-m0plus", True), ("avr", True), ("wasm32", True)],
)
def test_the_champion_gives_the_same_bits_and_returns(core: str, tuned: bool, data: Path) -> None:
    (check,) = prove(quantised(data, tuned), [core], task=SwingUp(), episodes=2).checks
    assert check.ok, check
    assert (check.mismatches, check.tolerance) == (0, 0)
    assert check.loop is not None
    assert check.loop.equal_episodes == 2


@pytest.mark.usefixtures("emulators")
@pytest.mark.parametrize(
    ("name", "instructions", "flash_bytes"), [("swing", 1200, 1229), ("biped", 5000, 3072)]
)
def test_words_are_cheap_on_a_cortex_m0plus(
    name: str, instructions: int, flash_bytes: int, data: Path
) -> None:
    """It takes a fifteenth of the instructions of floats, and no soft-float routine."""
    network, task = (champion(data), SwingUp()) if name == "swing" else (biped(data), None)
    fixed = quantise(network, measured_ranges(network, task), "q15")
    cost = measure_cost(fixed, "cortex-m0plus", cost_states(fixed, task, 50))
    assert cost.instructions_worst <= instructions
    assert cost.flash_bytes <= flash_bytes
    assert (cost.ram_bytes, cost.libraries) == (0, ())
