"""Constructors with more than four fields are called by keyword."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import pytest

from helpers.sources import called, classes, package

MOST = 4


def fields(node: ast.ClassDef) -> int:
    """How many arguments a class's constructor takes, as far as the class itself says."""
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            return len(part.args.args) - 1 + len(part.args.kwonlyargs)
        if isinstance(part, (ast.Assign, ast.AnnAssign)) and "_fields_" in ast.unparse(part):
            assert part.value is not None
            return len(getattr(part.value, "elts", ()))
    return sum(isinstance(part, ast.AnnAssign) for part in node.body)


def project_names(tree: ast.Module) -> set[str]:
    """The names in a module that stand for something of the project, not of another library."""
    found = {node.name for node in classes(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wann_edge"):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def positional_calls(trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, str]]:
    """The calls, each after its file, that pass more than four fields by their place.

    An argument with ``*`` to a constructor of more than four fields counts as too many.
    """
    sizes = {node.name: fields(node) for tree in trees.values() for node in classes(tree)}
    for file, tree in trees.items():
        ours = project_names(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and is_positional(node, sizes) and called(node) in ours:
                yield file, ast.unparse(node)


def is_positional(call: ast.Call, sizes: Mapping[str, int]) -> bool:
    """Whether a call of a class hands over more than four fields without their names."""
    if called(call) not in sizes:
        return False
    starred = any(isinstance(part, ast.Starred) for part in call.args)
    return len(call.args) > MOST or (starred and sizes[called(call)] > MOST)


def test_constructors_of_many_fields_are_called_by_keyword() -> None:
    found = [f"{file}: {call}" for file, call in positional_calls(package())]
    assert found == []


@pytest.mark.parametrize(
    ("call", "is_seen"),
    [
        ("Report(1, 2, 3, 4, 5)", True),
        ("Report(*parts)", True),
        ("Report(1, 2, *parts, e=5)", True),
        ("Report(1, 2, 3, 4, e=5)", False),
        ("Report(a=1, b=2, c=3, d=4, e=5)", False),
        ("Pair(*parts)", False),
        ("Struct(*parts)", True),
        ("Made(1, 2, 3, 4, 5)", True),
        ("Progress(1, 2, 3, 4, 5)", False),
    ],
)
def test_a_call_by_place_is_seen(call: str, is_seen: bool) -> None:
    """A control."""
    source = """
from rich import Progress
class Report:
    a: int; b: int; c: int; d: int; e: int
class Pair:
    a: int; b: int
class Struct:
    _fields_ = [("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5)]
class Made:
    def __init__(self, a, b, c, d, e): ...
"""
    other = {"b.py": ast.parse("class Progress:\n    a: int")}
    trees = {"a.py": ast.parse(f"{source}\n{call}"), **other}
    assert bool(list(positional_calls(trees))) is is_seen
