"""Every option refuses numbers that no computation accepts, before anything runs."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest

from helpers.commands import complaint
from wann_edge.cli.app import COMMANDS
from wann_edge.cli.finite_options import with_finite_options
from wann_edge.cli.parsing import parse_duration_s
from wann_edge.errors import SettingsError
from wann_edge.task.practice import Practice

# Options that are numbers of episodes or observations.
COUNTS = ("episodes", "states")


def options(kind: type) -> list[tuple[str, str]]:
    """Return command and option of each option of a type."""
    return [
        (command, name)
        for command, module in COMMANDS.items()
        for name, hint in get_type_hints(module.command).items()
        if name != "return" and (hint is kind or kind in get_args(hint))
    ]


# Arguments and options that commands need; "x" for the others.
NEEDED = {
    "demo": [],
    "import": ["x", "--inputs=1", "--outputs=1", "-o=x"],
    "firmware": ["x", "--board=virt", "-o=x"],
}
FLOATS = options(float)


def test_the_commands_have_options_of_floats() -> None:
    assert {("simulate", "weight"), ("cost", "cpi"), ("search", "reward_floor")} < set(FLOATS)


@pytest.mark.parametrize(("command", "name"), FLOATS)
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e39"])
def test_every_float_must_be_finite(
    command: str, name: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    option = f"--{name.replace('_', '-')}"
    assert option in complaint(capsys, command, *NEEDED.get(command, ["x"]), f"{option}={value}")


@pytest.mark.parametrize(("command", "name"), [each for each in options(int) if each[1] in COUNTS])
def test_huge_counts_are_refused(
    command: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = complaint(capsys, command, "swingup", f"--{name}", "1000000000")
    assert name in said
    assert "100000" in said


def test_other_values_reach_the_command() -> None:
    seen: list[object] = []

    def command(weight: float, name: str, none: float | None = None) -> int:
        seen.extend((weight, name, none))
        return 3

    assert with_finite_options(command)(weight=3.4e38, name="nan", none=None) == 3
    assert seen == [3.4e38, "nan", None]


@pytest.mark.parametrize(
    "values",
    [
        {"patience_reward": float("nan")},
        {"patience_reward": 1e39},
        {"reward_floor": float("-inf")},
        {"patience_steps": 2**31},
    ],
)
def test_practice_needs_finite_numbers(values: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match=next(iter(values))):
        Practice(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["999999999h", "556h", "1e400", "inf"])
def test_a_time_that_the_system_cannot_wait_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="at most 500h"):
        parse_duration_s(text)
    assert parse_duration_s("500h") == 1.8e6
