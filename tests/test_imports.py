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

from conftest import ROOT

Graph = dict[str, set[str]]

SIDES = ("report", "verify", "hil", "exporters", "sims")
CORE = (
    "confidence",
    "network",
    "fixed",
    "formats",
    "task",
    "kernel",
    "files",
    "interrupts",
    "registry",
    "zig",
)

# A part, and the parts that nothing in it may import. A part is a module or a package
# below wann_edge, and all that is in it.
FORBIDDEN: dict[str, tuple[str, ...]] = {
    **{side: ("cli", "search", *(other for other in SIDES if other != side)) for side in SIDES},
    **dict.fromkeys(CORE, ("cli", "search", "evaluate", *SIDES)),
    "exporters": ("cli", "search", "evaluate", "task", "files", "verify", "hil", "report", "sims"),
    "evaluate": ("cli", "search", "tune", *SIDES),
    "tune": ("cli", "search", "modes", "files", "netfile", *SIDES),
    "modes": ("cli", "search", "files", "netfile", *SIDES),
    "baseline": ("cli", "search", "evaluate", "tune", "modes", *SIDES),
    "disturb": ("cli", "search", "evaluate", "tune", *SIDES),
    "practice": ("cli", "search", "evaluate", "tune", *SIDES),
    "validate": ("cli", "search", "tune", "modes", "files", "netfile", "exporters", "sims"),
    "tune_front": ("cli", "search", "modes", "files", "netfile", *SIDES),
    "tune_redrawn": ("cli", "search", "modes", "files", "netfile", *SIDES),
    "stress": ("cli", "search", "tune", "modes", "files", "netfile", "exporters", "sims"),
    "search": ("cli", "tune", "modes", *SIDES),
    "search.genome": ("evaluate", "search.rank", "search.population"),
    "search.mutate": ("evaluate", "search.rank", "search.population"),
}

# What is slow to import, or may be absent.
HEAVY = (
    *("cmaes", "gymnasium", "onnx", "onnxruntime", "pybullet", "dask", "distributed", "scipy"),
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


def forbidden_edges(graph: Graph) -> list[str]:
    """The imports that break a rule."""
    return [
        f"{module} imports {target}"
        for module, targets in graph.items()
        for part, barred in FORBIDDEN.items()
        if within(module, part)
        for target in sorted(targets)
        if any(within(target, other) for other in barred)
    ]


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
    assert "wann_edge.network" in graph["wann_edge.exporters"]
    assert "wann_edge.exporters" not in graph["wann_edge.verify.host"], "for type checkers only"


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
        ("wann_edge.exporters.x", "import wann_edge.search.y"),
        ("wann_edge.verify.x", "def f():\n    from wann_edge.exporters.y import z"),
        ("wann_edge.network", "import wann_edge.cli.y as z"),
        ("wann_edge.search.genome", "from wann_edge import evaluate"),
    ],
)
def test_a_forbidden_import_is_seen(module: str, source: str) -> None:
    """A control."""
    target = next(imported(ast.parse(source)))
    others = dict.fromkeys([target, target.rpartition(".")[0]], "")
    assert forbidden_edges(graph_of({module: source, **others})) != []


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
