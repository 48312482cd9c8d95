"""Robustness: faults have their stated effect, and a seed determines the results."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from helpers.networks import random_network
from helpers.parts import ROOT
from wann_edge.baselines.dense import dense
from wann_edge.confidence import wilson
from wann_edge.errors import SettingsError, TaskError, VerifyError
from wann_edge.evaluate import episode_seeds, rollouts
from wann_edge.fixed_point.ranges import measured_ranges
from wann_edge.kernel import Floats
from wann_edge.network import Network, float32, with_single_weights
from wann_edge.network import file as network_file
from wann_edge.network.fixed_network import quantise
from wann_edge.robustness import faulty_header as header_module
from wann_edge.robustness.faults import FAULTS, without_edges
from wann_edge.robustness.faulty_header import DEAD, NO_FLIP, compiled, instrumented, stuck
from wann_edge.robustness.stress import at_work, cases, chosen_faults, measure, nominal
from wann_edge.robustness.subject import Subject
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.task import Task, World

TASK = SwingUp()
EPISODES = 3


class Stepped:
    """The swing-up as a task without batches and without a native plant."""

    spec = replace(SPEC, max_steps=120)
    held = TASK.held

    def world(self) -> World:
        return TASK.world()


class Native(SwingUp):
    """The same task with the native plant."""

    spec = Stepped.spec


def agnostic() -> Network:
    """Return a small network with a shared weight and most activations."""
    made = random_network(np.random.default_rng(4), inputs=5, hidden=9, outputs=1, density=0.5)
    scaled = (replace(SPEC.inputs[0], offset=0.25, scale=0.5), *SPEC.inputs[1:])
    return Network(
        scaled, SPEC.outputs, made.activations, made.edges, shared_weight=float32(0.86)
    ).without_dead_nodes()


def tuned() -> Network:
    """Return a dense network with single weights."""
    network = dense(SPEC, [4])
    weights = np.random.default_rng(5).normal(size=len(network.edges))
    return with_single_weights(network, weights.tolist())


@pytest.fixture(params=["agnostic", "tuned"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Return a network in its task with its header compiled, and few samples per fault."""
    network = agnostic() if request.param == "agnostic" else tuned()
    with at_work(network, TASK, episodes=EPISODES, samples=4) as made:
        yield made


def same(ours: Floats, theirs: Floats) -> bool:
    """Return whether all bits are equal."""
    return ours.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_measured_and_repeatable(fault: str, subject: Subject) -> None:
    """There is a row per severity, in any order of faults; no fault remains in the header."""
    before = nominal(subject)
    rows = [measure(subject, fault, severity, 7) for _, severity in cases([fault])]
    again = [measure(subject, fault, severity, 7) for _, severity in reversed(cases([fault]))]
    assert rows == again[::-1]
    assert len(rows) == len(FAULTS[fault].severities)
    for row in rows:
        assert row is not None
        assert 1 <= row.faults <= 4
        assert row.possible is None or row.faults == min(4, row.possible)
        assert row.low <= row.mean <= row.high
        assert row.worst <= row.mean + 1e-9
        assert 0 <= row.kept_faults <= 1
        assert 0 <= row.kept_episodes <= 1
        assert all(map(math.isfinite, (row.mean, row.sd, row.low, row.high)))
    assert same(subject.header.returns(TASK, subject.seeds), before)


def test_zero_drift_changes_nothing(subject: Subject) -> None:
    ((found, _),) = FAULTS["weight-drift"].run(subject, 0.0, np.random.default_rng(0)).tried
    assert same(found, nominal(subject))
    own = subject.network.shared_weight
    ((found, _),) = FAULTS["shared-weight"].run(subject, own, np.random.default_rng(0)).tried
    assert same(found, nominal(subject))


def test_drift_is_added_to_the_stored_weights(subject: Subject) -> None:
    ((found, _),) = FAULTS["weight-drift"].run(subject, 0.5, np.random.default_rng(0)).tried
    network = subject.network
    if network.weights is None:
        drifted = replace(network, shared_weight=float32(network.shared_weight + 0.5))
    else:
        drifted = replace(network, weights=tuple(float32(w + 0.5) for w in network.weights))
    assert same(found, subject.returns(drifted))
    assert not same(found, nominal(subject))


def test_held_episodes_are_counted_in_the_kernel_in_the_header_and_step_by_step() -> None:
    network = network_file.load(ROOT / "examples" / "swingup_tuned.json")
    with at_work(network, TASK, episodes=EPISODES, samples=2) as made:
        header, given = made.header, (TASK, made.seeds, TASK.held)
        counts = (made.trial(network).held, header.trial(*given).held)
        for held in (*counts, header._stepwise(*given, None)[1]):
            assert np.array_equal(held, [True] * 3)
        whole, none = measure(made, "weight-drift", 0.0, 0), measure(made, "shared-weight", 0.0, 0)
        returns = nominal(made)
    assert None not in (whole, none)
    assert (whole.held, whole.episodes, whole.held_interval) == (3, 3, wilson(3, 3))
    assert (none.held, none.held_interval) == (0, wilson(0, 3))
    worst = returns.min(), made.seeds[int(returns.argmin())]
    assert (whole.worst_episode, whole.worst_seed) == worst


def test_another_seed_draws_other_faults() -> None:
    with at_work(tuned(), TASK, episodes=EPISODES, samples=4) as made:
        assert measure(made, "weight-noise", 10, 0) != measure(made, "weight-noise", 10, 1)


def test_all_faults_are_tried_if_samples_suffice() -> None:
    with at_work(tuned(), TASK, episodes=2, samples=1000) as made:
        row = measure(made, "dead-connection", 1, 0)
        assert row is not None
        assert (row.faults, row.possible) == (29, 29)
        worst = min(
            made.returns(without_edges(made.network, [edge])).astype(float).mean()
            for edge in range(29)
        )
        assert row.worst == worst


def test_there_are_no_more_dead_nodes_than_nodes() -> None:
    with at_work(dense(SPEC, [1]), TASK, episodes=2, samples=4) as made:
        assert measure(made, "dead-node", 1, 0) is not None
        assert measure(made, "dead-node", 2, 0) is None


def test_a_dead_connection_equals_a_network_without_it() -> None:
    network = tuned()
    cut = without_edges(network, [3, 7])
    kept = [i for i in range(len(network.edges)) if i not in (3, 7)]
    assert cut.edges == tuple(network.edges[i] for i in kept)
    assert network.weights is not None
    assert cut.weights == tuple(network.weights[i] for i in kept)
    assert without_edges(agnostic(), [0]).weights is None


def test_a_dead_node_equals_a_network_without_its_connections(subject: Subject) -> None:
    """The faulty header has the bits of the kernel with the smaller network."""
    network = subject.network
    assert len(subject.hidden) == network.hidden_count
    for node in subject.hidden:
        subject.header.heal()
        subject.header.inject({node: DEAD})
        out = [i for i, (source, _) in enumerate(network.edges) if source == node]
        found = subject.header.returns(TASK, subject.seeds)
        assert same(found, subject.returns(without_edges(network, out)))


def test_flipping_a_constant_twice_restores_it(subject: Subject) -> None:
    header = subject.header
    assert len(header.constants) > 5
    changed = 0
    for index in range(len(header.constants)):
        header.flip_constant(index, 30)
        changed += not same(header.returns(TASK, subject.seeds), nominal(subject))
        header.flip_constant(index, 30)
        assert same(header.returns(TASK, subject.seeds), nominal(subject))
    assert changed >= len(header.constants) // 3


def test_constants_are_those_of_the_code() -> None:
    """Activations, scaling and output bounds; no weights, input bounds or zeros."""
    with compiled(agnostic()) as header:
        scale, offset = 0.5, 0.25
        assert {scale, offset, 1.0, float32(3.14159274)} <= set(header.constants)
        assert float32(0.86) not in header.constants
        assert not {0.0, 10.0, 20.0} & set(header.constants)
    with compiled(tuned()) as header:
        weights = tuned().weights
        assert weights is not None
        assert not {abs(w) for w in weights} & set(header.constants)


def test_a_flipped_result_changes_that_bit(subject: Subject) -> None:
    """Flipping the sign of the linear output negates it, in that step only."""
    header, network = subject.header, subject.network
    last = network.node_count - 1
    seen = np.random.default_rng(2).normal(0, 0.1, (50, 5)).astype(np.float32)
    shared = np.full(50, network.shared_weight, np.float32)
    actions = network.program.forward(seen, shared)
    assert network.outputs[0].low == -network.outputs[0].high
    for row, action in zip(seen, actions, strict=True):
        assert header.act(row) == action
        assert header.act(row, last * 32 + 31) == -action
        assert header.act(row) == action


def test_a_stuck_bit_keeps_its_value() -> None:
    for at in (0, 1):
        kept, change = stuck(31, at)
        assert [(bits & kept) ^ change for bits in (0, 1 << 31)] == [at << 31] * 2


@pytest.mark.parametrize("with_flips", [False, True])
def test_the_loop_in_c_equals_the_loop_over_worlds(*, with_flips: bool) -> None:
    seeds = episode_seeds(3, 4)
    flips = None
    with compiled(agnostic()) as header:
        if with_flips:
            rng = np.random.default_rng(1)
            first, end = header.network.first_computed, header.network.node_count
            flips = rng.integers(first * 32, end * 32, (4, 120)).astype(np.int32)
            flips[rng.random(flips.shape) < 0.5] = NO_FLIP
        ours, theirs = (
            header.trial(task, seeds, None, flips).returns for task in (Native(), Stepped())
        )
        assert same(ours, theirs)
        expected: Floats = rollouts(
            header.network, Native(), [header.network.shared_weight], seeds
        ).returns[0]
        assert same(ours, expected) == (not with_flips)


def test_tasks_without_a_plant_are_stressed_too() -> None:
    task: Task = Stepped()
    with at_work(agnostic(), task, episodes=2, samples=2) as made:
        for fault, severity in (("weight-flip", "exponent"), ("result-flip", 1.0)):
            row = measure(made, fault, severity, 0)
            assert row is not None
            with at_work(agnostic(), Native(), episodes=2, samples=2) as native:
                assert measure(native, fault, severity, 0) == row


def test_words_of_16_bits_equal_the_kernels_fixed_point(subject: Subject) -> None:
    network = subject.network
    fixed = quantise(network, measured_ranges(network, TASK), "q15")
    expected = rollouts(fixed, TASK, (fixed.shared_weight,), subject.seeds).returns[0]
    with compiled(fixed) as header:
        assert header.constants == ()
        assert same(header.returns(TASK, subject.seeds), expected)
        header.drop_bits(12)
        assert not same(header.returns(TASK, subject.seeds), expected)


def test_a_header_without_statements_is_refused() -> None:
    with pytest.raises(VerifyError, match="lacks the statement"):
        instrumented("int main(void);", agnostic(), with_constants=True)


def test_a_header_that_differs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A control: without a fault the instrumented header must give the kernel's bits."""

    def wrong(header: str, network: Network, *, with_constants: bool) -> tuple[str, list[str]]:
        text, constants = instrumented(header, network, with_constants=with_constants)
        return text, [f"{constant[:-2]}{9 - int(constant[-2])}f" for constant in constants]

    monkeypatch.setattr(header_module, "instrumented", wrong)
    with pytest.raises(VerifyError, match="differs"), at_work(agnostic(), TASK, episodes=2):
        pass


def test_errors_have_one_line() -> None:
    with pytest.raises(SettingsError, match="unknown fault"):
        chosen_faults(["weight-flip", "gamma-rays"])
    wrong = random_network(np.random.default_rng(0))
    with pytest.raises(TaskError, match="needs 5 and 1"), at_work(wrong, TASK):
        pass


def test_the_documentation_has_the_table_of_faults() -> None:
    page = (ROOT / "docs" / "stress.md").read_text()
    rows = []
    for name, kind in FAULTS.items():
        first, *_, last = kind.severities
        values = [str(value) for value in kind.severities]
        severity = ", ".join(values) if isinstance(first, str) else f"{first:g} to {last:g}"
        severity = f"{severity} {kind.unit}".strip()
        rows.append(f"| `{name}` | {kind.what} | {severity} | {kind.runs_in} |")
    assert "\n".join(["|---|---|---|---|", *rows, "\n"]) in page
