"""The public API is the list in ``wann_edge.__all__``, and no more."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

import wann_edge


@pytest.mark.parametrize("name", wann_edge.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(wann_edge, name)
    assert value is getattr(import_module(f"wann_edge.{wann_edge._HOMES[name]}"), name)
    assert name == "PAPER_WEIGHTS" or value.__doc__


def test_no_public_name_is_hidden_by_a_module() -> None:
    folder = Path(wann_edge.__file__).parent
    assert not {path.stem for path in folder.iterdir()} & set(wann_edge.__all__)


def test_types_homes_and_list_agree() -> None:
    tree = ast.parse(Path(wann_edge.__file__).read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {
        name.name: str(node.module).removeprefix("wann_edge.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    assert typed == wann_edge._HOMES
    assert set(wann_edge.__all__) == set(wann_edge._HOMES)


def test_there_are_no_others() -> None:
    assert dir(wann_edge) == sorted(wann_edge.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = wann_edge.nothing  # type: ignore[attr-defined]
