"""Verification passes correct artefacts and detects each kind of wrong one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from helpers.networks import random_network
from helpers.unsteady import UnsteadySwingUp
from wann_edge import registry
from wann_edge.errors import MissingError, SettingsError
from wann_edge.exporters import Files, Optimize
from wann_edge.exporters.c.header import CHeader
from wann_edge.exporters.onnx.onnx_model import Onnx
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.task import Task
from wann_edge.verify import Artefact, Verification, prove
from wann_edge.verify import host_target as host_module
from wann_edge.verify.inputs import verification_inputs


@pytest.fixture
def network() -> Network:
    """Return a controller of the swing-up in which every activation affects the output."""
    made = random_network(np.random.default_rng(2), inputs=5, hidden=14, outputs=1, density=0.3)
    kinds = ("linear", "step", "sin", "gauss", "tanh", "sigmoid", "inverse", "abs", "relu", "cos")
    return Network(
        SPEC.inputs,
        SPEC.outputs,
        (*kinds, *kinds[:4], "linear"),
        made.edges,
        shared_weight=0.75,
        control_period_s=SPEC.dt_s,
        task="swingup",
    )


Change = Callable[[Floats, Floats], Floats]


class Stub:
    """The kernel as an artefact, with its actions changed."""

    name = "stub"
    in_loop = True
    most_episodes: int | None = None

    def __init__(self, network: Network, change: Change, tolerance: float) -> None:
        self.tolerance = tolerance
        self._network = network
        self._change = change

    def forward(self, observations: Floats, weights: Floats) -> Floats:
        return self._change(self._network.program.forward(observations, weights), observations)

    def faults(self) -> Sequence[str]:
        return []


def prove_stub(
    monkeypatch: pytest.MonkeyPatch,
    network: Network,
    change: Change,
    tolerance: float = 0.0,
    task: Task | None = None,
) -> Verification:
    """Return the check of a kernel whose actions are changed in this way."""

    class StubTarget:
        @contextmanager
        def artefacts(
            self, network: Network, optimize: Optimize = "size"
        ) -> Iterator[Iterator[Artefact]]:
            yield iter([Stub(network, change, tolerance)])

    monkeypatch.setattr(registry, "load", lambda kind, name: StubTarget)
    monkeypatch.setattr("wann_edge.verify.proof.load", lambda kind, name: StubTarget)
    return prove(network, ["stub"], task=task or SwingUp(), episodes=5)


def test_header_and_graph_of_a_controller_pass(network: Network) -> None:
    found = prove(network, ["host", "onnxruntime"], task=SwingUp(), episodes=10)
    assert found.ok, found
    host = [check for check in found.checks if check.target == "host"]
    assert len(host) >= 4
    assert all(check.inputs == 9 * 2300 and check.max_difference == 0 for check in host)
    assert host[0].loop is not None
    assert host[0].loop.equal_episodes == 10
    (graph,) = (check for check in found.checks if check.target == "onnxruntime")
    assert 0 < graph.max_difference < graph.tolerance
    assert graph.loop is not None


def test_tuned_networks_and_networks_of_no_task_pass() -> None:
    made = random_network(np.random.default_rng(4), single_weights=True, scaled=True)
    found = prove(replace(made, shared_weight=1.0), ["host", "onnxruntime"])
    assert found.ok, found
    assert all(check.inputs == 3 * 2300 and check.loop is None for check in found.checks)


def test_an_environment_that_ignores_its_seed_is_no_fault_of_the_artefact(
    monkeypatch: pytest.MonkeyPatch, network: Network
) -> None:
    found = prove_stub(monkeypatch, network, lambda same, _: same, task=UnsteadySwingUp())
    (check,) = found.checks
    assert not found.ok
    assert not found.found_fault
    assert not check.tried
    assert "with the kernel both times; make the environment depend on the seed" in check.fault


def test_a_wrong_artefact_is_at_fault_in_any_environment(
    monkeypatch: pytest.MonkeyPatch, network: Network
) -> None:
    found = prove_stub(monkeypatch, network, lambda same, _: same + 1, task=UnsteadySwingUp())
    assert found.found_fault
    assert found.checks[0].tried


def test_one_changed_bit_is_detected(monkeypatch: pytest.MonkeyPatch, network: Network) -> None:
    def last_bit(actions: Floats, observations: Floats) -> Floats:
        changed = actions.copy()
        changed[-1] = np.nextafter(changed[-1], np.float32(9))
        return changed

    found = prove_stub(monkeypatch, network, last_bit)
    assert found.checks[0].mismatches == 1
    assert not found.ok


def test_a_sign_of_zero_is_detected(monkeypatch: pytest.MonkeyPatch, network: Network) -> None:
    still = replace(network, edges=())
    found = prove_stub(monkeypatch, still, lambda actions, _: -actions)
    assert found.checks[0].mismatches == found.checks[0].inputs
    assert not found.ok


def test_an_unchanged_kernel_passes(monkeypatch: pytest.MonkeyPatch, network: Network) -> None:
    assert prove_stub(monkeypatch, network, lambda actions, _: actions).ok


def test_a_wrong_value_does_not_count_as_a_step_flip(
    monkeypatch: pytest.MonkeyPatch, network: Network
) -> None:
    def shifted(actions: Floats, observations: Floats) -> Floats:
        return np.clip(actions + np.float32(0.01), -1, 1)

    found = prove_stub(monkeypatch, network, shifted, tolerance=1e-3)
    assert found.checks[0].mismatches > 1000
    assert not found.ok


def test_nan_is_detected_at_any_tolerance(
    monkeypatch: pytest.MonkeyPatch, network: Network
) -> None:
    def poisoned(actions: Floats, observations: Floats) -> Floats:
        bad = ~np.isfinite(observations).all(axis=1, keepdims=True)
        return np.where(bad, np.float32(np.nan), actions)

    found = prove_stub(monkeypatch, network, poisoned, tolerance=0.5)
    assert found.checks[0].mismatches > 10
    assert not found.ok


def test_a_worse_controller_is_detected_in_the_closed_loop(
    monkeypatch: pytest.MonkeyPatch, network: Network
) -> None:
    def lame(actions: Floats, observations: Floats) -> Floats:
        return actions if len(actions) > 1 else np.ones_like(actions)

    found = prove_stub(monkeypatch, network, lame, tolerance=1e-3)
    (check,) = found.checks
    assert check.mismatches == 0
    assert check.loop is not None
    assert not check.loop.ok
    assert not found.ok


def test_a_header_with_one_sign_changed_is_detected(
    monkeypatch: pytest.MonkeyPatch, network: Network
) -> None:
    class Wrong(CHeader):
        def files(self, network: Network, name: str) -> Files:
            ((path, content),) = super().files(network, name).items()
            before, step, after = content.partition(b"_step_with_weight(")
            return {path: before + step + b" - n".join(after.rsplit(b" + n", 1))}

    monkeypatch.setattr("wann_edge.exporters.c.header.CHeader", Wrong)
    found = prove(network, ["host"], task=SwingUp(), episodes=2)
    assert not found.ok
    for check in found.checks:
        assert check.mismatches > 0
        assert "golden vectors differ" in check.fault


def test_a_graph_of_another_network_is_detected(
    monkeypatch: pytest.MonkeyPatch, network: Network
) -> None:
    class Wrong(Onnx):
        def files(self, network: Network, name: str) -> Files:
            return super().files(replace(network, edges=network.edges[:-1]), name)

    monkeypatch.setattr("wann_edge.exporters.onnx.onnx_model.Onnx", Wrong)
    found = prove(network, ["onnxruntime"], task=SwingUp(), episodes=5)
    assert found.checks[0].mismatches > 0
    assert not found.ok


def test_a_missing_compiler_is_reported_and_fails(
    monkeypatch: pytest.MonkeyPatch, network: Network
) -> None:
    monkeypatch.setattr(host_module, "COMPILERS", ("no-such-compiler",))
    found = prove(network, ["host"])
    assert not found.ok
    assert not found.checks[0].tried
    assert not found.found_fault
    assert "no-such-compiler not installed" in found.checks[0].fault
    assert "apt-get install gcc" in found.checks[0].fault
    with pytest.raises(MissingError):
        host_module.HostTarget().artefacts(network).__enter__()


def test_a_target_that_can_not_be_imported_prevents_no_other(
    monkeypatch: pytest.MonkeyPatch, network: Network
) -> None:
    monkeypatch.setitem(registry.BUILT_IN["targets"], "lost", "no_such_module:Lost")
    found = prove(network, ["lost", "onnxruntime"], require=False)
    assert found.ok
    assert "no_such_module not installed" in found.checks[0].skipped
    assert not prove(network, ["lost"]).checks[0].tried


def test_a_header_that_does_not_compile_is_reported(
    monkeypatch: pytest.MonkeyPatch, network: Network
) -> None:
    class Broken(CHeader):
        def files(self, network: Network, name: str) -> Files:
            return {f"{name}.h": b"#error broken\n"}

    monkeypatch.setattr("wann_edge.exporters.c.header.CHeader", Broken)
    found = prove(network, ["host"])
    assert "does not compile" in found.checks[0].fault
    assert found.found_fault
    assert not found.ok


def test_an_unknown_target_is_refused(network: Network) -> None:
    with pytest.raises(SettingsError, match="'toaster' is not one of the targets"):
        prove(network, ["toaster"])


def test_inputs_contain_the_promised_kinds(network: Network) -> None:
    inputs = verification_inputs(network, SwingUp(), seed=0)
    assert inputs.observations.shape == (2300, 5)
    assert inputs.ordinary == 2100
    assert np.isfinite(inputs.observations[:2100]).all()
    special = inputs.observations[2100:]
    assert np.isnan(special).any()
    assert np.isinf(special).any()
    assert (special == 0).any()
    assert (np.abs(special) > 1e30).any()
    assert (
        inputs.observations.tobytes()
        == verification_inputs(network, SwingUp(), seed=0).observations.tobytes()
    )


def test_inputs_lie_on_both_sides_of_a_steps_jump() -> None:
    """They include the two neighbouring floats between which a step of one input switches."""
    edges = ((0, 6), (2, 6), (6, 7))
    network = Network(SPEC.inputs, SPEC.outputs, ("step", "linear"), edges, shared_weight=1.0)
    inputs = verification_inputs(network, SwingUp(), seed=0)
    speeds = inputs.observations[2000:2100, 1]
    near = np.abs(speeds + 1) <= np.spacing(np.float32(1))
    on = 1 + speeds > 0
    assert near.sum() >= 20
    assert (near & on).any()
    assert (near & ~on).any()
