"""Sessions over a port: with faults, with a capture, and its replay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from helpers import hil_host
from helpers.unsteady import UnsteadySwingUp
from wann_edge.errors import LinkError, SettingsError, TaskError
from wann_edge.hil.capture import load_capture
from wann_edge.hil.device import Times
from wann_edge.hil.link_faults import Faults
from wann_edge.hil.session import Connection, Session, connect, replay_session, run_session
from wann_edge.sims.biped import Biped
from wann_edge.sims.swingup import SPEC, SwingUp

NETWORK = hil_host.controller()
TIMES = Times(0.5, 20.0)


class ShortSwingUp(SwingUp):
    """The swing-up's first 20 steps."""

    spec = replace(SPEC, max_steps=20)


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hil_host.built(NETWORK, tmp_path_factory.mktemp("session"))


def test_a_session_is_recorded_and_replayed(firmware: Path, tmp_path: Path) -> None:
    steps: list[int] = []
    session = Session(episodes=2, seed=3, weight=-0.5, record=tmp_path / "session.jsonl")
    with hil_host.running(firmware) as port:
        connection = Connection(port=port, times=TIMES)
        report = run_session(NETWORK, ShortSwingUp(), connection, session, steps.append)
        capture = load_capture(tmp_path / "session.jsonl")
        found = replay_session(capture, NETWORK, connection)
    assert report.ok
    assert (report.mode, report.period_s, steps) == (
        "lockstep",
        NETWORK.control_period_s,
        list(range(1, 41)),
    )
    assert (capture.weight, len(capture.exchanges)) == (-0.5, 40)
    assert found.ok
    assert found == replay_session(capture, NETWORK)


def test_an_environment_that_ignores_its_seed_is_no_fault_of_the_device(firmware: Path) -> None:
    with hil_host.running(firmware) as port:
        connection = Connection(port=port, times=TIMES)
        report = run_session(NETWORK, UnsteadySwingUp(), connection, Session(episodes=2))
    assert not report.ok
    assert report.observed.mismatches == 0
    assert "with the kernel both times" in report.untried


def test_faults_reach_the_link(firmware: Path) -> None:
    faults = Faults(drop=0.1, reset=15)
    with hil_host.running(firmware) as port:
        connection = Connection(port=port, times=Times(0.1, 20.0), faults=faults, seed=1)
        report = run_session(NETWORK, ShortSwingUp(), connection, Session(episodes=2))
        with connect(NETWORK, replace(connection, faults=None)) as (_, injected):
            assert not injected
    assert report.ok
    assert report.injected["drop"] > 0
    assert report.injected["reset"] > 0


def test_a_network_that_does_not_fit_the_task_is_refused_before_connecting() -> None:
    nowhere = Connection(port="/dev/nothing")
    with pytest.raises(TaskError):
        run_session(NETWORK, Biped(), nowhere, Session())
    with pytest.raises(LinkError, match="/dev/nothing: can't open"):
        run_session(NETWORK, SwingUp(), nowhere, Session())


@pytest.mark.parametrize("ways", [{}, {"port": "/dev/x", "board": "virt"}])
def test_a_connection_names_either_a_port_or_a_board(ways: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="set one of port and board"):
        Connection(**ways)  # type: ignore[arg-type]


@pytest.mark.parametrize("values", [{"weight": float("inf")}, {"period_s": 0.0}, {"period_s": 1e7}])
def test_invalid_values_of_a_session_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match="must be"):
        Session(**values)  # type: ignore[arg-type]
