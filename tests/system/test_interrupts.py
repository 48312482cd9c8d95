"""Signals that end a program act as Ctrl-C does, and wait where it waits."""

from __future__ import annotations

import signal

import pytest

from wann_edge.cli import main
from wann_edge.system.interrupts import ENDING, ctrl_c_waits, like_ctrl_c


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_interrupts(number: signal.Signals) -> None:
    # A background process of a script ignores some of them.
    signal.signal(number, signal.SIG_DFL)
    before = signal.getsignal(number)
    steps: list[str] = []

    def work() -> None:
        with ctrl_c_waits():
            signal.raise_signal(number)
            steps.append("after the signal")

    with pytest.raises(KeyboardInterrupt), like_ctrl_c():
        work()
    assert steps
    with pytest.raises(KeyboardInterrupt), like_ctrl_c():
        signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_an_ignored_signal_stays_ignored() -> None:
    """As under ``nohup``."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with like_ctrl_c(), ctrl_c_waits():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_command_line_takes_the_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wann_edge.cli.run", lambda _: signal.raise_signal(signal.SIGTERM))
    with pytest.raises(KeyboardInterrupt):
        main()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
