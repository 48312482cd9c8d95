"""A kernel that is missing or was compiled from other sources is an error in one line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from wann_edge.errors import MissingError
from wann_edge.kernel import library as module
from wann_edge.kernel.sources import sources_hash

KERNEL = module.FOLDER


class Library:
    """Stands for a loaded library that was compiled from the sources of a hash."""

    def __init__(self, compiled_from: bytes, lacks: str = "") -> None:
        self._compiled_from, self._lacks = compiled_from, lacks

    def __getattr__(self, name: str) -> Callable[[], bytes]:
        if name == self._lacks:
            raise AttributeError(name)

        def function() -> bytes:
            return self._compiled_from

        self.__dict__[name] = function
        return function


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[Library], object]:
    """Load a library in place of the compiled one."""
    monkeypatch.delenv("WANN_KERNEL_LIBRARY", raising=False)
    monkeypatch.setattr(module, "_path", lambda: KERNEL / "_kernel.so")

    def loaded(stands: Library) -> object:
        monkeypatch.setattr("ctypes.CDLL", lambda path: stands)
        return module.library.__wrapped__()

    return loaded


def test_a_kernel_of_these_sources_is_loaded(load: Callable[[Library], object]) -> None:
    """Also one that was compiled by hand, which does not know its sources."""
    for compiled_from in (sources_hash(KERNEL).encode(), b""):
        stands = Library(compiled_from)
        assert load(stands) is stands


@pytest.mark.parametrize("stands", [Library(b"0" * 16), Library(b"", lacks="wann_wire")])
def test_a_kernel_of_other_sources_is_rejected(
    stands: Library, load: Callable[[Library], object]
) -> None:
    with pytest.raises(MissingError, match="compiled from other sources") as caught:
        load(stands)
    assert "pip install -e ." in caught.value.remedy


def test_a_missing_kernel_says_how_to_compile_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WANN_KERNEL_LIBRARY", raising=False)
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    with pytest.raises(MissingError, match="kernel is missing") as caught:
        module.library.__wrapped__()
    assert "pip install -e ." in caught.value.remedy
    for name in ("_kernel.a.so", f"_kernel{module.EXTENSION_SUFFIXES[0]}", "_kernel.z.so"):
        (tmp_path / name).touch()
    assert module._path().name == f"_kernel{module.EXTENSION_SUFFIXES[0]}"


def test_any_change_of_the_sources_changes_their_hash(tmp_path: Path) -> None:
    folder = tmp_path / "kernel"
    shutil.copytree(KERNEL, folder, ignore=shutil.ignore_patterns("*.so", "*.py"))
    same = sources_hash(folder)
    assert same == sources_hash(KERNEL)
    header = folder / "plants" / "plant.h"
    text = header.read_text()
    header.write_text(text + "\n")
    assert sources_hash(folder) != same
    header.rename(folder / "plants" / "other.h")
    assert sources_hash(folder) != same
    (folder / "plants" / "other.h").unlink()
    assert sources_hash(folder) != same
