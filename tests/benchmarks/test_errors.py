"""What ends a benchmark is one line, unless it is a fault of the benchmark itself."""

from __future__ import annotations

import pytest

from benchmarks import explain
from wann_edge.errors import MissingError


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            ModuleNotFoundError("No module named 'scipy'", name="scipy"),
            "benchmarks: scipy is not installed; in the checkout run: pip install -e",
        ),
        (MissingError("gcc not installed", where="x", remedy="y"), "x: gcc not installed; y\n"),
    ],
)
def test_a_missing_part_is_one_line(
    error: Exception, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    explain(type(error), error, None)
    shown = capsys.readouterr().err
    assert shown.startswith(line)
    assert shown.count("\n") == 1


def test_a_fault_of_the_benchmark_shows_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("wrong")
    except ValueError as error:
        explain(ValueError, error, error.__traceback__)
    shown = capsys.readouterr().err
    assert shown.startswith("Traceback")
    assert "test_errors.py" in shown
