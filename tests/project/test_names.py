"""No two classes and no two modules share a name."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from helpers.sources import classes, package

# Files that share a name on purpose, each with the reason.
SHARED_FILES = {
    "swingup": "the same task in the kernel, in PyBullet and in MuJoCo",
    "balancer": "the same task in the kernel, in PyBullet and in MuJoCo",
    "evaluate": "the command, and the evaluation that it calls",
    "validate": "the command, and the measurement that it prints",
    "stress": "the command, and the measurement that it prints",
}


def homes(named: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    """The names that more than one file uses, with these files."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, file in named:
        found[name].append(file)
    return {name: files for name, files in found.items() if len(files) > 1}


def class_names(trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, str]]:
    """Every class with its file."""
    return ((node.name, file) for file, tree in trees.items() for node in classes(tree))


def file_names(files: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every module with its file; a package is named by its folder's ``__init__``."""
    paths = map(PurePosixPath, files)
    return ((path.stem, str(path)) for path in paths if not path.stem.startswith("__"))


def test_class_names_are_unique() -> None:
    assert homes(class_names(package())) == {}


def test_file_names_are_unique() -> None:
    assert homes(file_names(package())).keys() <= SHARED_FILES.keys()


def test_the_files_that_share_a_name_on_purpose_do() -> None:
    assert SHARED_FILES.keys() <= homes(file_names(package())).keys()


def test_shared_names_are_seen() -> None:
    """A control: inner classes too, and files that were read."""
    trees = {
        "a/one.py": ast.parse("class Row: ..."),
        "b/one.py": ast.parse("def f():\n    class Row: ..."),
        "b/__init__.py": ast.parse("class Column: ..."),
        "a/__init__.py": ast.parse(""),
    }
    assert homes(class_names(trees)) == {"Row": ["a/one.py", "b/one.py"]}
    assert homes(file_names(trees)) == {"one": ["a/one.py", "b/one.py"]}
    assert len(list(class_names(package()))) > 100
