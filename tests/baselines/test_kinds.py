"""What every registered kind of baseline promises."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from wann_edge.baselines.kinds import Choices, Pair, Plan, plan_of, tuned_baseline
from wann_edge.errors import SettingsError
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.registry import BUILT_IN
from wann_edge.task import check_fit, load_task
from wann_edge.task.disturbances import parse

KINDS = tuple(BUILT_IN["baselines"])
CHOICES = Choices(pairs=(Pair(("angle_sin", "angular_velocity"), "torque_per_2_n_m"),))
TASK = load_task("pendulum")


@cache
def plan(kind: str) -> Plan:
    return plan_of(kind, TASK, CHOICES)


def tuned(kind: str, seed: int = 0, disturb: str = "") -> Network:
    """A baseline of the pendulum, tuned for a moment."""
    given = parse(disturb)
    found = tuned_baseline(kind, plan(kind), TASK, seed=seed, disturbances=given, evaluations=12)
    assert found.evaluations == 12
    return found.network


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_gives_a_network_file_of_the_task(kind: str, tmp_path: Path) -> None:
    network, path = tuned(kind), tmp_path / "network.json"
    check_fit(network, TASK.spec)
    assert (network.task, network.inputs, network.outputs) == (
        "pendulum",
        TASK.spec.inputs,
        TASK.spec.outputs,
    )
    network_file.save(network, path)
    assert network_file.load(path) == network
    named = [network.provenance[name] for name in ("baseline", "numbers", "disturbances")]
    assert named == [kind, plan(kind).numbers, ""]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_network(kind: str) -> None:
    assert tuned(kind) == tuned(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_has_a_network_for_other_numbers(kind: str) -> None:
    """The numbers matter: other ones give another network."""
    made = plan(kind)
    assert {len(start) for start in made.starts} == {made.numbers}
    other = [number + 0.5 * place for place, number in enumerate(made.starts[0], 1)]
    assert made.network_of(other) != made.network_of(made.starts[0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_is_the_same_for_the_same_seed(kind: str) -> None:
    again = plan_of(kind, TASK, CHOICES)
    assert again.network_of(again.starts[0]) == plan(kind).network_of(plan(kind).starts[0])


def test_a_baseline_is_tuned_under_disturbances() -> None:
    calm, rough = tuned("linear"), tuned("linear", disturb="noise=10%,latency=3")
    assert rough.provenance["disturbances"] == "noise=10%,latency=3"
    assert calm.provenance["training_mean"] != rough.provenance["training_mean"]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(SettingsError, match="'bang' is not one of the baselines"):
        plan_of("bang", TASK, CHOICES)
