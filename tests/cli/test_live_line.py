"""Progress on a terminal, in a pipe, and none."""

from __future__ import annotations

import time
from io import StringIO
from types import SimpleNamespace

import pytest

from wann_edge.cli import live_line as lines
from wann_edge.cli.live_line import BLOCKS, Standing, TerminalLine, brief, live_line, sparkline
from wann_edge.cli.tables import CleanConsole

Capture = pytest.CaptureFixture[str]


def standing(elapsed_s: float, share: float, limit_s: float | None = None) -> Standing:
    return SimpleNamespace(elapsed_s=elapsed_s, share_done=share, time_limit_s=limit_s)


def test_in_a_pipe_each_call_is_one_line_on_standard_error(capsys: Capture) -> None:
    with live_line("search x") as line:
        for number in range(3):
            line.show(standing(number, 0.1, 60), f"gen {number}  best 1", 1.0)
            shown = capsys.readouterr()
            assert shown.out == ""
            assert shown.err == f"wann-edge: search x: {number}.0 s of 60 s, gen {number}, best 1\n"


def test_lines_can_be_held_apart(capsys: Capture) -> None:
    with live_line("tune", every_s=60) as line:
        for number in range(3):
            line.show(standing(number, 0.1), f"{number} evaluations", 1.0)
    assert capsys.readouterr().err == "wann-edge: tune: 0.0 s, 0 evaluations\n"


def test_the_first_line_waits_for_no_round(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work that fails before has no line."""
    monkeypatch.setattr(lines, "FIRST_LINE_S", 0.01)
    with live_line("search x"):
        time.sleep(0.1)
        assert capsys.readouterr().err == "wann-edge: search x: begun\n"
    monkeypatch.setattr(lines, "FIRST_LINE_S", 60)
    with live_line("search x"):
        pass
    assert capsys.readouterr().err == ""


def test_quiet_shows_nothing(capsys: Capture) -> None:
    with live_line("search x", quiet=True) as line:
        line.begin()
        line.show(standing(1, 0.5), "gen 1", 1.0)
        line.show_part(0.5)
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> CleanConsole:
    made = CleanConsole(file=StringIO(), force_terminal=True, width=70, color_system=None)
    monkeypatch.setattr(lines, "progress_console", made)
    return made


def shown_by(line: TerminalLine, terminal: CleanConsole) -> list[str]:
    """The lines that the terminal shows."""
    text = StringIO()
    CleanConsole(file=text, width=terminal.width).print(line._rendered())
    return text.getvalue().splitlines()


def test_on_a_terminal_the_bar_fills_the_width(terminal: CleanConsole) -> None:
    line = TerminalLine("search x", 100.0)
    bar, text = shown_by(line, terminal)
    assert (len(bar), text) == (70, "search x  begun")
    line.show(standing(30.2, 0.25, 60.0), "gen 1  best 5", 1.0)
    line.show_part(0.4)
    line.show(standing(30.2, 0.25, 60.0), "gen 2  best 6", 2.0)
    line.show_part(0.4)
    bar, text = shown_by(line, terminal)
    line.end()
    assert len(bar) == 70
    assert bar.endswith(" 50% 0:30 left")
    assert text == f"search x  gen 2  best 6  +40%  {BLOCKS[0]}{BLOCKS[-1]}"


def test_the_time_goes_on_between_the_rounds(
    terminal: CleanConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = TerminalLine("search x", 100.0)
    now_s = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now_s + 75.0)
    assert shown_by(line, terminal)[0].endswith(" 75% 0:25 left")


def test_a_narrow_terminal_leaves_out_the_curve_and_no_line_wraps(terminal: CleanConsole) -> None:
    terminal.width = 24
    line = TerminalLine("search x", None)
    line.show(standing(30.2, 0.25), "gen 1  best 5  mean 4  champion 4", 1.0)
    rows = shown_by(line, terminal)
    line.end()
    assert [len(row) for row in rows] == [24, 24]
    assert not set(BLOCKS) & set(rows[1])


def test_a_curve_goes_from_its_least_to_its_greatest_value() -> None:
    assert sparkline([1, 2, 3], 10) == "▁▄█"
    assert sparkline([5, 5], 10) == "▁▁"
    assert sparkline([], 10) == ""
    many = sparkline(list(range(1000)), 8)
    assert many == BLOCKS


def test_rewards_have_about_three_digits() -> None:
    assert [brief(x) for x in (931.7, -12.34, 0.126)] == ["932", "-12.3", "0.13"]
