"""Compiled libraries are never loaded from a folder that others can write to."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from helpers.sources import called, package
from wann_edge.errors import SettingsError, ToolError
from wann_edge.system import zig
from wann_edge.system.private_folders import is_private, user_cache
from wann_edge.system.shared_library import load_library


def test_a_folder_is_private_if_no_part_of_its_path_is_writable(tmp_path: Path) -> None:
    folder = tmp_path / "outer" / "inner"
    folder.mkdir(parents=True)
    assert is_private(folder)
    for mode, expected in ((0o777, False), (0o1777, True), (0o755, True)):
        folder.parent.chmod(mode)
        assert is_private(folder) is expected
    folder.chmod(0o1777)
    assert not is_private(folder)


def test_a_link_does_not_hide_the_folder(tmp_path: Path) -> None:
    shared, link = tmp_path / "shared", tmp_path / "link"
    shared.mkdir()
    shared.chmod(0o777)
    link.symlink_to(shared)
    assert not is_private(link)


def test_the_cache_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = user_cache("zig")
    assert folder == tmp_path / "wann-edge" / "zig"
    assert [place.stat().st_mode & 0o777 for place in (folder, folder.parent)] == [0o700] * 2
    folder.chmod(0o777)
    assert user_cache("zig") is None
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file" / "cache"))
    (tmp_path / "file").write_text("")
    assert user_cache("zig") is None


def test_without_a_cache_the_compiler_gets_a_new_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZIG_GLOBAL_CACHE_DIR", raising=False)
    monkeypatch.setattr(zig, "user_cache", lambda _: None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    zig._cache_folder.cache_clear()
    try:
        chosen = zig.environment(tmp_path)["ZIG_GLOBAL_CACHE_DIR"]
        again = zig.environment(tmp_path)["ZIG_GLOBAL_CACHE_DIR"]
        zig._cache_folder.cache_clear()
        other = zig.environment(tmp_path)["ZIG_GLOBAL_CACHE_DIR"]
    finally:
        zig._cache_folder.cache_clear()
    assert chosen == again != other
    assert Path(chosen).stat().st_mode & 0o777 == 0o700


def test_a_library_in_a_shared_folder_is_not_loaded(tmp_path: Path) -> None:
    library = tmp_path / "plant.so"
    library.write_bytes(b"")
    with pytest.raises(ToolError, match="too short"):
        load_library(library)
    tmp_path.chmod(0o777)
    with pytest.raises(SettingsError, match="other users can replace files"):
        load_library(library)


def test_every_library_that_is_compiled_is_checked() -> None:
    """The kernel is installed with the package; the one for C's streams is the process's own."""
    names = {
        file: {
            ast.unparse(call.func)
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and called(call) in ("CDLL", "check_private")
        }
        for file, tree in package().items()
    }
    loading = {file for file, calls in names.items() if "ctypes.CDLL" in calls}
    unchecked = {file for file in loading if "check_private" not in names[file]}
    assert "system/shared_library.py" in loading
    assert unchecked == {"kernel/library.py", "system/c_library.py"}
