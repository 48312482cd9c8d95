"""The modules of the project as parsed source, for the tests that hold its rules."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from helpers.parts import ROOT


def python_files(folder: Path) -> Iterator[Path]:
    """All Python files below a folder; links are followed."""
    for place, _, names in os.walk(folder, followlinks=True):
        yield from (Path(place) / name for name in sorted(names) if name.endswith(".py"))


@cache
def package() -> dict[str, ast.Module]:
    """Every module of ``wann_edge``, by its path below ``wann_edge/``."""
    folder = ROOT / "wann_edge"
    return {
        path.relative_to(folder).as_posix(): ast.parse(path.read_text())
        for path in sorted(python_files(folder))
    }


def classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """The classes that a module defines, inner ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def bases(node: ast.ClassDef) -> set[str]:
    """The last parts of the names of a class's bases."""
    return {ast.unparse(base).rpartition(".")[2] for base in node.bases}


def called(node: ast.Call) -> str:
    """The last part of the name that a call calls."""
    return ast.unparse(node.func).rpartition(".")[2]
