"""The progress of long work: a bar with a line and a curve on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import RLock, Timer
from typing import Protocol

from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from wann_edge.cli.tables import console, progress_console, say

# Until then a command that fails has shown no line but that of its error.
FIRST_LINE_S = 0.5
REFRESH_HZ = 4
LEAST_CURVE, MOST_CURVE = 8, 40
BLOCKS = "▁▂▃▄▅▆▇█"


class Standing(Protocol):
    """How far some work is.

    Attributes:
        elapsed_s: seconds since its start.
        time_limit_s: the time limit, or None.
        share_done: the share of the nearer limit that is used, 0 to 1.
    """

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        ...

    @property
    def time_limit_s(self) -> float | None:
        """The time limit, or None."""
        ...

    @property
    def share_done(self) -> float:
        """The share of the nearer limit that is used, 0 to 1."""
        ...


class LiveLine:
    """A line that shows how far some work is; this base class shows nothing.

    Args:
        name: what runs, such as "search swingup".
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = RLock()
        self._has_begun = False

    def begin(self) -> None:
        """Show the first line, if none is there."""
        with self._lock:
            if not self._has_begun:
                self._has_begun = True
                self._begin()

    def show(self, standing: Standing, text: str, value: float) -> None:
        """Show how far the work is.

        Args:
            standing: the time and the share done.
            text: the figures.
            value: the next point of the curve.
        """
        with self._lock:
            self._has_begun = True
            self._show(standing, text, value)

    def show_part(self, share: float) -> None:
        """Show the share of the next round that is done, 0 to 1."""

    def end(self) -> None:
        """Leave the last state as it is."""

    def _begin(self) -> None:
        pass

    def _show(self, standing: Standing, text: str, value: float) -> None:
        pass


class PlainLine(LiveLine):
    """Lines of plain text on standard error, each flushed.

    Args:
        name: what runs.
        every_s: seconds between lines at the least.
    """

    def __init__(self, name: str, every_s: float) -> None:
        super().__init__(name)
        self._every_s, self._next_s = every_s, 0.0

    def _begin(self) -> None:
        self._print("begun")

    def _show(self, standing: Standing, text: str, value: float) -> None:
        if time.monotonic() < self._next_s:
            return
        self._next_s = time.monotonic() + self._every_s
        limit_s = standing.time_limit_s
        of = "" if limit_s is None else f" of {limit_s:g} s"
        self._print(f"{standing.elapsed_s:.1f} s{of}, {text.replace('  ', ', ')}")

    def _print(self, text: str) -> None:
        if sys.stderr is not None:
            with suppress(OSError, ValueError):
                say(f"wann-edge: {self._name}: {text}", file=sys.stderr)
                sys.stderr.flush()


class TerminalLine(LiveLine):
    """A bar as wide as the terminal with the time left, above the figures and the curve.

    It is drawn on standard error, or on standard output where that alone is a terminal.
    """

    def __init__(self, name: str, time_limit_s: float | None) -> None:
        super().__init__(name)
        self._time_limit_s = time_limit_s
        self._standing: Standing | None = None
        self._shown_s = time.monotonic()
        self._text, self._part = "begun", 0.0
        self._curve: list[float] = []
        self._console = progress_console if progress_console.is_terminal else console
        self._live = Live(
            console=self._console,
            refresh_per_second=REFRESH_HZ,
            redirect_stdout=False,
            get_renderable=self._rendered,
        )

    def _begin(self) -> None:
        self._live.start()

    def _show(self, standing: Standing, text: str, value: float) -> None:
        self._standing, self._shown_s = standing, time.monotonic()
        self._text, self._part = text, 0.0
        self._curve.append(value)
        if not self._live.is_started:
            self._live.start()

    def show_part(self, share: float) -> None:
        """Show the share of the next round that is done, 0 to 1."""
        self._part = share

    def end(self) -> None:
        """Leave the last state as it is."""
        if self._live.is_started:
            self._live.stop()

    def _rendered(self) -> RenderableType:
        share, left = self._share_and_left()
        bar = Table.grid(expand=True)
        bar.add_column(ratio=1)
        bar.add_column(no_wrap=True)
        bar.add_row(ProgressBar(total=1.0, completed=share), f" {share:4.0%} {left}")
        text = f"{self._name}  {self._text}"
        if 0 < self._part < 1:
            text += f"  +{self._part:.0%}"
        room = min(MOST_CURVE, self._console.width - len(text) - 2)
        if self._curve and room >= LEAST_CURVE:
            text += f"  {sparkline(self._curve, room)}"
        return Group(bar, Text(text, no_wrap=True, overflow="ellipsis"))

    def _share_and_left(self) -> tuple[float, str]:
        """Return the share done by now, and the time left in words."""
        elapsed_s, share, limit_s = time.monotonic() - self._shown_s, 0.0, self._time_limit_s
        if self._standing is not None:
            elapsed_s += self._standing.elapsed_s
            share, limit_s = self._standing.share_done, self._standing.time_limit_s
        if limit_s is not None:
            share = min(1.0, max(share, elapsed_s / limit_s))
        if not share:
            return 0.0, f"{elapsed_s:.0f} s"
        left_s = max(0, round(elapsed_s / share - elapsed_s))
        return share, f"{left_s // 60:d}:{left_s % 60:02d} left"


@contextmanager
def live_line(
    name: str,
    *,
    time_limit_s: float | None = None,
    every_s: float = 0.0,
    quiet: bool = False,
) -> Iterator[LiveLine]:
    """Show how far some work is, from ``FIRST_LINE_S`` seconds on or from the first figures.

    Args:
        name: what runs.
        time_limit_s: the limit until figures tell it; None for no limit.
        every_s: seconds between plain lines at the least.
        quiet: show nothing.
    """
    line = LiveLine(name) if quiet else _line(name, time_limit_s, every_s)
    first = Timer(FIRST_LINE_S, line.begin)
    first.daemon = True
    first.start()
    try:
        yield line
    finally:
        first.cancel()
        line.end()


def _line(name: str, time_limit_s: float | None, every_s: float) -> LiveLine:
    if progress_console.is_terminal or console.is_terminal:
        return TerminalLine(name, time_limit_s)
    return PlainLine(name, every_s)


def sparkline(values: Sequence[float], width: int) -> str:
    """Draw values as blocks from the least to the greatest; of more than fit, every n-th."""
    count = min(len(values), width)
    if not count:
        return ""
    chosen = [values[(place + 1) * len(values) // count - 1] for place in range(count)]
    low, high = min(chosen), max(chosen)
    span = high - low or 1.0
    return "".join(BLOCKS[int((len(BLOCKS) - 1) * (one - low) / span)] for one in chosen)


def brief(reward: float) -> str:
    """Format a reward with about three digits."""
    digits = 0 if abs(reward) >= 100 else 1 if abs(reward) >= 10 else 2
    return f"{reward:.{digits}f}"
