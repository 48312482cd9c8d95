"""PID: which inputs a pair takes, and the network that they give."""

from __future__ import annotations

import pytest

from wann_edge.baselines.kinds import Choices, Pair, plan_of
from wann_edge.baselines.pid import derivatives
from wann_edge.errors import SettingsError
from wann_edge.network import Network
from wann_edge.task import load_task

QUADROTOR = load_task("quadrotor")


def connections(network: Network) -> set[tuple[str, str]]:
    """The connections by the names of their ends; the bias is 1."""
    sources = ["1", *(channel.name for channel in network.inputs)]
    targets = {
        network.node_count - len(network.outputs) + index: channel.name
        for index, channel in enumerate(network.outputs)
    }
    return {(sources[source], targets[target]) for source, target in network.edges}


@pytest.mark.parametrize(
    ("task", "known"),
    [
        ("quadrotor", {"x": "x_velocity", "z": "z_velocity", "angle": "angular_velocity"}),
        ("furuta", {"arm_angle": "arm_velocity", "pendulum_angle": "pendulum_velocity"}),
        # The derivative of a cosine or a sine is no input.
        ("swingup", {"position": "velocity"}),
    ],
)
def test_derivatives_are_found_by_their_values(task: str, known: dict[str, str]) -> None:
    assert derivatives(load_task(task), 0) == known


def test_a_pair_takes_its_derivative_and_its_integral() -> None:
    pairs = Pair(("z",), "lift"), Pair(("angle",), "roll"), Pair(("x_velocity",), "roll")
    made = plan_of("pid", QUADROTOR, Choices(pairs=pairs))
    assert made.note == (
        "z, z_velocity to lift; angle, angular_velocity to roll; x_velocity, x to roll"
    )
    assert connections(made.network_of(made.starts[0])) == {
        *(("1", "lift"), ("z", "lift"), ("z_velocity", "lift"), ("1", "roll"), ("angle", "roll")),
        *(("angular_velocity", "roll"), ("x", "roll"), ("x_velocity", "roll")),
    }


def test_named_terms_are_taken_as_they_are() -> None:
    pairs = (Pair(("x", "angle"), "roll"),)
    made = plan_of("pid", QUADROTOR, Choices(pairs=pairs))
    network = made.network_of(made.starts[0])
    assert connections(network) == {("1", "roll"), ("x", "roll"), ("angle", "roll")}
    assert network.weights == (made.starts[0][0],) * 3


@pytest.mark.parametrize(
    ("pairs", "what"),
    [
        ((), "needs a pair of input and output; give some, such as --pair x:lift"),
        ((Pair(("y",), "lift"),), "'y' is not one of the inputs of 'quadrotor'; use some of x, z"),
        ((Pair(("z",), "up"),), "'up' is not one of the outputs of 'quadrotor'; use some of lift"),
    ],
)
def test_pairs_that_are_refused(pairs: tuple[Pair, ...], what: str) -> None:
    with pytest.raises(SettingsError, match=what):
        plan_of("pid", QUADROTOR, Choices(pairs=pairs))
