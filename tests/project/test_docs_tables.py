"""The tables of the documentation equal what the code registers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_imports import ROOMS

from helpers.pages import DOCS, known_options, names, table
from helpers.parts import ROOT, missing
from wann_edge import load_task, registry
from wann_edge.cli.list import entries
from wann_edge.errors import MissingError
from wann_edge.exporters import exporter_of
from wann_edge.exporters.firmware.boards import BOARDS
from wann_edge.hil.messages import NUMBERS, Kind, Status
from wann_edge.kernel import plant_names
from wann_edge.search.settings import PRESETS, MutationOdds, Settings, preset
from wann_edge.task.held import held_rule

RESULTS = sorted(path for path in (DOCS / "results").glob("*.md") if path.name != "index.md")


def page(name: str) -> str:
    """The text of a page of docs/."""
    return (DOCS / name).read_text()


def test_every_command_and_option_is_listed() -> None:
    """Each command has an example, and a row with all of its long options."""
    text = page("commands.md")
    commands = known_options()
    examples = {name.split()[1] for name in names(text) if name.startswith("wann-edge ")}
    assert examples - {"COMMAND"} == set(commands)
    rows = {
        names(command)[0]: set(names(options))
        for command, options in table(text, "| command | options")
    }
    assert rows == {
        name: {option for option in options if option.startswith("--")} - {"--help"}
        for name, options in commands.items()
    }


def test_every_format_has_a_row_with_its_numbers() -> None:
    rows = table(page("formats.md"), "| `--format`")
    formats = registry.BUILT_IN["exporters"]
    assert {names(row[0])[0]: row[2] for row in rows} == {
        name: ", ".join(exporter_of(name).numbers) for name in formats
    }


def test_every_emulated_core_has_a_row() -> None:
    rows = table(page("verify.md"), "| target | core")
    cores = set(registry.BUILT_IN["targets"]) - {"host", "onnxruntime"}
    assert {name for row in rows for name in names(row[0])} == cores


def test_every_board_has_a_row() -> None:
    rows = table(page("hil.md"), "| board | chip")
    assert [name for row in rows for name in names(row[0])] == list(BOARDS)


def test_every_native_task_has_a_row_with_its_numbers() -> None:
    """In the order of ``list tasks``, with its words; the other cells are those of the task."""
    rows = table(page("tasks.md"), "| task | what it is | gymnasium")
    listed = {entry.name: entry.summary for entry in entries("tasks")}
    told = [(names(row[0])[0], row[1]) for row in rows]
    assert told == [item for item in listed.items() if item[0] in plant_names()]
    assert len(told) == len(plant_names())
    for name, _, environment, *cells in ((names(row[0])[0], *row[1:]) for row in rows):
        task = load_task(name)
        spec, (period, *numbers) = task.spec, cells
        assert names(environment) == [f"wann_edge/{type(task).__name__}-v0"]
        channels = len(spec.inputs), len(spec.outputs)
        assert tuple(map(int, numbers)) == (spec.max_steps, *channels)
        assert period in (f"{round(1000 * (spec.dt_s or 0))} ms", "-")


def test_every_task_has_its_rule_and_every_native_one_a_section() -> None:
    """The rule of held episodes is the task's; the commands' page names the native tasks."""
    text = page("tasks.md")
    rules = {
        name: row[1] for row in table(text, "| task | an episode is held") for name in names(row[0])
    }
    held = {name: held_rule(load_task(name)) for name in registry.BUILT_IN["tasks"]}
    assert rules == {name: rule and rule.when for name, rule in held.items()}
    assert re.findall(r"^## ([a-z-]+)$", text, re.MULTILINE) == list(plant_names())
    (row,) = (line for line in page("commands.md").splitlines() if "| another task: " in line)
    assert set(names(row.split(" | ")[1])) == set(plant_names()) - {"swingup"}


def test_every_baseline_has_a_row() -> None:
    rows = table(page("baselines.md"), "| kind | what it is")
    assert [names(row[0])[0] for row in rows] == list(registry.BUILT_IN["baselines"])


def test_every_other_task_is_named() -> None:
    told = {name for place in ("tasks.md", "simulators.md") for name in names(page(place))}
    assert set(registry.BUILT_IN["tasks"]) - told == set()


def test_every_task_that_varies_has_a_row() -> None:
    """Of those that name parameters for the disturbance vary."""
    rows = table(page("validate.md"), "| task | parameters")
    told = {name for row in rows for name in names(row[0])}
    try:
        worlds = {name: load_task(name).world() for name in registry.BUILT_IN["tasks"]}
    except MissingError as error:
        missing("sims", str(error))
        raise
    varied = {name for name, world in worlds.items() if getattr(world, "parameters", ())}
    assert told == varied


def test_the_protocols_numbers_are_the_codes() -> None:
    """Statuses, messages and the codes of dtypes."""
    text = page("hil-protocol.md")
    rows = table(text, "| status | name")
    assert {int(row[0]): re.sub(r"\W", "_", row[1]) for row in rows} == {
        status.value: status.name.lower().replace("selftest", "self_test") for status in Status
    }
    messages = re.findall(r"^\*\*(\d) ([\w -]+)\.\*\*", text, re.MULTILINE)
    assert {int(number): re.sub(r"\W", "", name) for number, name in messages} == {
        kind.value: kind.name.lower().replace("_", "") for kind in Kind
    }
    assert list(NUMBERS) == ["float", *re.findall(r"\(\d, (q\d\d)\)", text)]


def test_every_setting_has_a_row() -> None:
    rows = table(page("search.md"), "| setting | `paper`")
    told = [name for row in rows for name in names(row[0])]
    assert sorted(told) == sorted(set(Settings.model_fields) - {"preset"})


def test_the_settings_rows_tell_the_presets() -> None:
    """Where a cell is a number, it is the preset's."""
    for row in table(page("search.md"), "| setting | `paper`"):
        for kind, cell in zip(("paper", "fast"), row[1:3], strict=True):
            for name in names(row[0]):
                value = getattr(preset(kind), name)
                if re.fullmatch(r"[\d.]+", cell) and name != "finalist_episodes":
                    assert float(cell) == value, (kind, name)
                if cell in ("yes", "no"):
                    assert (cell == "yes") == value, (kind, name)


def test_every_mutation_has_a_row_with_its_odds() -> None:
    rows = {
        names(row[0])[0]: float(row[1]) for row in table(page("search.md"), "| mutation | odds")
    }
    assert rows == dict(MutationOdds())


def test_the_map_of_contributing_has_the_rooms() -> None:
    rows = table((ROOT / "CONTRIBUTING.md").read_text(), "| room | ")
    assert tuple(names(row[0])[0] for row in rows) == ROOMS


@pytest.mark.parametrize(
    "results", sorted((DOCS / "results").glob("[!i]*.md")), ids=lambda path: path.name
)
def test_results_tell_when_and_by_which_command(results: Path) -> None:
    text = results.read_text()
    assert re.search(r"\b20\d\d-\d\d-\d\d\b", text)
    assert re.search(r"`(python -m benchmarks\.|wann-edge |tests/)|^wann-edge ", text, re.MULTILINE)


def test_the_glossary_is_short_and_each_term_has_one_meaning() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", page("glossary.md"), re.MULTILINE)
    terms = [term.strip() for term, _ in rows if term.strip() not in ("term", "---")]
    assert 40 <= len(terms) <= 60
    assert len(set(terms)) == len(terms)


def test_the_glossary_names_every_preset() -> None:
    (row,) = [row for row in page("glossary.md").splitlines() if row.startswith("| preset |")]
    assert set(names(row)) == set(PRESETS)


def figures(text: str) -> set[str]:
    """The numbers of three digits or more."""
    return {number for number in re.findall(r"\b\d[\d,]*\b", text) if len(number) > 2}


def test_the_readmes_figures_stand_in_the_documentation() -> None:
    """Those of its table of abilities: a figure that is measured again changes in both."""
    readme = (ROOT / "README.md").read_text()
    rows = table(readme, "| | measured")
    told = set().union(*(figures(row[1]) for row in rows))
    assert len(told) > 10
    pages = [path.read_text() for path in DOCS.rglob("*.md")]
    assert told - set().union(*map(figures, pages)) == set()


def test_the_readme_is_short() -> None:
    assert (ROOT / "README.md").read_text().count("\n") <= 120
