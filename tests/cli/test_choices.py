"""The help texts name what the registries hold."""

from __future__ import annotations

from typing import get_args

import pytest

from wann_edge.baselines.paper import MODES
from wann_edge.cli import choices, run
from wann_edge.cli.parsing import DISTRIBUTIONS
from wann_edge.fixed_point.precision import DTYPES
from wann_edge.hil.link_faults import parse_faults
from wann_edge.registry import BUILT_IN
from wann_edge.robustness.faults import FAULTS
from wann_edge.search.complexity import COUNTS, known
from wann_edge.search.settings import PRESETS
from wann_edge.search.weight_distributions import LogUniform, Normal, Uniform
from wann_edge.task.disturbances import USUAL
from wann_edge.task.scaling import Scale
from wann_edge.verify.policies import ENGINES

Capture = pytest.CaptureFixture[str]


def shown(capsys: Capture, *arguments: str) -> str:
    """What a command prints, without the frame and without line breaks."""
    assert run(list(arguments)) == 0
    return " ".join(capsys.readouterr().out.replace("│", " ").split())


@pytest.mark.parametrize(
    ("copy", "registry"),
    [
        (choices.PRESETS, PRESETS),
        (choices.MODES, MODES),
        (choices.SCALES, get_args(Scale)),
        (choices.DTYPES, DTYPES),
        (choices.ENGINES, ENGINES),
        (choices.BASELINES, BUILT_IN["baselines"]),
        (choices.FAULTS, FAULTS),
    ],
)
def test_a_list_of_names_is_that_of_its_registry(
    copy: tuple[str, ...], registry: tuple[str, ...] | dict[str, object]
) -> None:
    assert set(copy) == set(registry)
    assert len(copy) == len(registry)


def test_every_complexity_is_known() -> None:
    counts = [name for name in choices.COMPLEXITIES if ":" not in name]
    assert set(counts) == set(COUNTS)
    assert all(known(name.replace("CORE", "cortex-m4f")) for name in choices.COMPLEXITIES)


def test_every_distribution_is_one_of_the_option() -> None:
    made = {kind.model_fields["kind"].default: kind for kind in (Uniform, Normal, LogUniform)}
    fields = {name: tuple(kind.model_fields) for name, kind in made.items()}
    named = {name: set(order) - {"kind"} for name, order in fields.items()}
    assert named == {name: set(order) for name, order in DISTRIBUTIONS.items()}


@pytest.mark.parametrize("command", ["search", "tune", "validate"])
def test_the_help_names_every_disturbance(command: str, capsys: Capture) -> None:
    text = shown(capsys, command, "--help")
    assert all(f" {strength} " in text.replace(",", " ") for strength in str(USUAL).split(","))


def test_the_usual_disturbances_are_those_of_the_help(capsys: Capture) -> None:
    text = shown(capsys, "validate", "--help").replace(", ", ",")
    assert str(USUAL) in text


def test_the_link_faults_of_the_help_can_be_injected() -> None:
    faults = parse_faults(",".join(choices.LINK_FAULTS))
    assert all(getattr(faults, name) for name in ("drop", "corrupt", "duplicate", "delay", "reset"))


def test_a_missing_name_is_seen() -> None:
    """A control."""
    with pytest.raises(AssertionError):
        test_a_list_of_names_is_that_of_its_registry(choices.PRESETS[:-1], PRESETS)
