"""Who imports whom: read from the source, held against the rules, and free of cycles."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from helpers.parts import ROOT
from wann_edge.cli.app import COMMANDS

Graph = dict[str, set[str]]

# The rooms of wann_edge, a module or a folder each. A room imports only from rooms before it.
ROOMS = (
    *("errors", "confidence", "system", "registry", "kernel", "network", "task", "exporters"),
    *("evaluate", "sims", "parallel", "fixed_point", "pictures", "verify", "hil", "tune", "search"),
    *("pytest_hil", "robustness", "baselines", "finish", "cli"),
)

DISK = ("system.files", "network.file")
# Beyond the order: a part, and the parts before it that it must not import all the same.
SIDE_RULES: dict[str, tuple[str, ...]] = {
    "exporters": ("task", *DISK),
    "evaluate": ("exporters", *DISK),
    "sims": ("exporters", "evaluate"),
    "parallel": ("exporters", "sims", *DISK),
    "pictures": ("exporters", "sims"),
    "verify": ("sims", "pictures", "parallel"),
    "hil": ("sims", "pictures", "parallel"),
    "tune": ("exporters", "sims", "pictures", "verify", "hil", *DISK),
    "search": ("exporters", "sims", "pictures", "verify", "hil", "tune"),
    "search.genome": ("evaluate", "search.ranking", "search.population"),
    "search.mutation": ("evaluate", "search.ranking", "search.population"),
    "robustness": ("sims", "pictures", "hil", "tune", "search", *DISK),
    "finish": ("sims", "pictures", "verify", "hil", "search", "system.files"),
    "baselines": ("exporters", "sims", "pictures", "verify", "hil", "search", *DISK),
}

# What is slow to import, or may be absent.
HEAVY = (
    *(
        "cmaes",
        "gymnasium",
        "onnx",
        "onnxruntime",
        "pybullet",
        "mujoco",
        "dask",
        "distributed",
        "scipy",
    ),
    *("unicorn", "elftools", "wasmtime", "ziglang", "tensorboardX", "serial"),
)


def python_files(folder: Path) -> Iterator[Path]:
    """All below a folder, links followed."""
    for place, _, names in os.walk(folder, followlinks=True):
        yield from (Path(place) / name for name in names if name.endswith(".py"))


def module_name(path: Path) -> str:
    """The import name of a file below the project's root."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_type_checking(node: ast.AST) -> bool:
    """Whether this is an ``if TYPE_CHECKING`` of any spelling: it imports nothing when run."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def imported(node: ast.AST) -> Iterator[str]:
    """The dotted names that a piece of source imports, wherever in it."""
    if is_type_checking(node):
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "relative imports are not used here"
        assert node.module is not None
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from imported(child)


def graph_of(sources: dict[str, str]) -> Graph:
    """Which of these modules each imports; a name within a module stands for the module."""
    graph: Graph = {}
    for module, source in sources.items():
        found = set()
        for name in imported(ast.parse(source)):
            known = name if name in sources else name.rpartition(".")[0]
            if known in sources:
                found.add(known)
        graph[module] = found
    return graph


def within(module: str, part: str) -> bool:
    """Whether a module is a part of wann_edge, or in it."""
    return f"{module}.".startswith(f"wann_edge.{part}.")


def room_of(module: str) -> str:
    """The room that a module stands in; "" where it is in none, or is wann_edge itself."""
    return next((room for room in ROOMS if within(module, room)), "")


def forbidden_edges(graph: Graph) -> list[str]:
    """The imports that break the order or a side rule."""
    return [
        f"{module} imports {target}"
        for module, targets in graph.items()
        for target in sorted(targets)
        if is_against_order(module, target) or is_against_side_rule(module, target)
    ]


def is_against_order(module: str, target: str) -> bool:
    """Whether the target's room comes after the module's; wann_edge itself may import all."""
    if module == "wann_edge":
        return False
    return ROOMS.index(room_of(target)) > ROOMS.index(room_of(module))


def is_against_side_rule(module: str, target: str) -> bool:
    """Whether a side rule bars this import."""
    return any(
        within(target, barred)
        for part, others in SIDE_RULES.items()
        if within(module, part)
        for barred in others
    )


def cycle(graph: Graph) -> list[str]:
    """One cycle, if there is any."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """Every module of the project with its source."""
    return {module_name(path): path.read_text() for path in python_files(ROOT / "wann_edge")}


def test_all_parts_are_read(sources: dict[str, str]) -> None:
    """A control: the linked folders too."""
    graph = graph_of(sources)
    assert {"wann_edge.network", "wann_edge.kernel"} <= graph["wann_edge.sims.swingup"]
    assert "wann_edge.registry" in graph["wann_edge.exporters"]
    assert "wann_edge.verify.outcome" not in graph["wann_edge.verify.host_target"], (
        "for type checkers"
    )


def test_each_module_is_in_a_room(sources: dict[str, str]) -> None:
    homeless = [module for module in sources if not room_of(module) and module != "wann_edge"]
    assert homeless == []
    empty = [room for room in ROOMS if not any(within(module, room) for module in sources)]
    assert empty == []


def test_the_side_rules_name_parts_that_exist(sources: dict[str, str]) -> None:
    named = {*SIDE_RULES, *(part for others in SIDE_RULES.values() for part in others)}
    assert [part for part in named if not any(within(module, part) for module in sources)] == []


def test_no_import_goes_against_the_direction(sources: dict[str, str]) -> None:
    assert forbidden_edges(graph_of(sources)) == []


def test_errors_imports_nothing_of_the_project(sources: dict[str, str]) -> None:
    assert graph_of(sources)["wann_edge.errors"] == set()


def test_no_cycles(sources: dict[str, str]) -> None:
    assert cycle(graph_of(sources)) == []


@pytest.mark.parametrize("folder", ["wann_edge", "tests", "benchmarks", "examples"])
def test_the_linked_folders_have_one_name_each(folder: str) -> None:
    """``sims`` and ``exporters`` at the top are the places of files, not packages."""
    for path in python_files(ROOT / folder):
        roots = {name.partition(".")[0] for name in imported(ast.parse(path.read_text()))}
        assert not roots & {"sims", "exporters"}, path


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("wann_edge.sims.x", "from wann_edge.verify import y"),
        ("wann_edge.sims.x", "from wann_edge.exporters import y"),
        ("wann_edge.exporters.x", "import wann_edge.search.y"),
        ("wann_edge.exporters.x", "from wann_edge.system.files import y"),
        ("wann_edge.verify.x", "def f():\n    from wann_edge.hil.y import z"),
        ("wann_edge.network.x", "import wann_edge.cli.y as z"),
        ("wann_edge.search.genome", "from wann_edge import evaluate"),
    ],
)
def test_a_forbidden_import_is_seen(module: str, source: str) -> None:
    """A control."""
    target = next(imported(ast.parse(source)))
    others = dict.fromkeys([target, target.rpartition(".")[0]], "")
    others.pop("wann_edge", None)
    assert forbidden_edges(graph_of({module: source, **others})) != []


def test_a_module_outside_the_rooms_is_seen() -> None:
    """A control."""
    assert room_of("wann_edge.attic.x") == ""
    assert room_of("wann_edge.search.run") == "search"
    assert room_of("wann_edge.tuned") == ""


def test_a_cycle_is_seen() -> None:
    """A control; and what only a type checker reads makes no cycle."""
    there, back = "from b import f", "import a"
    assert set(cycle(graph_of({"a": there, "b": back}))) == {"a", "b"}
    unread = f"if TYPE_CHECKING:\n    {back}"
    assert cycle(graph_of({"a": there, "b": unread})) == []


@pytest.mark.parametrize("statement", ["import wann_edge", "import wann_edge.kernel"])
def test_starting_imports_nothing_heavy(statement: str) -> None:
    script = f"import sys\n{statement}\nprint(*sys.modules)"
    modules = subprocess.check_output([sys.executable, "-c", script], text=True).split()
    assert "wann_edge" in modules
    assert not set(HEAVY) & set(modules)


def test_help_imports_nothing_heavy() -> None:
    """That of all commands; whatever one of them imports is there at the end."""
    script = (
        "import sys\nfrom wann_edge.cli import run\n"
        f"for command in {list(COMMANDS)}:\n    assert run([command, '--help']) == 0\n"
        "assert run([]) == 0\nprint()\nprint(*sys.modules)"
    )
    shown = subprocess.check_output([sys.executable, "-c", script], text=True)
    assert all(f"Usage: wann-edge {command} " in shown for command in COMMANDS)
    assert not {*HEAVY, "numpy"} & set(shown.splitlines()[-1].split())
