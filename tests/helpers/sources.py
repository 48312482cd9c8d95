"""Parses the project's modules, for the tests of its rules."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from helpers.parts import ROOT


def python_files(folder: Path) -> Iterator[Path]:
    """Return all Python files below a folder; links are followed."""
    for place, _, names in os.walk(folder, followlinks=True):
        yield from (Path(place) / name for name in sorted(names) if name.endswith(".py"))


@cache
def package() -> dict[str, ast.Module]:
    """Return every module of ``wann_edge``, by its path below ``wann_edge/``."""
    folder = ROOT / "wann_edge"
    return {
        path.relative_to(folder).as_posix(): ast.parse(path.read_text())
        for path in sorted(python_files(folder))
    }


def classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """Return the classes that a module defines, nested ones included."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def bases(node: ast.ClassDef) -> set[str]:
    """Return the last parts of the names of a class's bases."""
    return {last_name(base) for base in node.bases}


def called(node: ast.Call) -> str:
    """Return the last part of the called name."""
    return last_name(node.func)


def last_name(node: ast.expr) -> str:
    """Return the last part of a dotted name; unparsing each takes seconds for the package."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ast.unparse(node).rpartition(".")[2]
