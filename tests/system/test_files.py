"""Files are written whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TypeAlias

import pytest

from wann_edge.errors import SettingsError
from wann_edge.system.files import check_writable, write_folder, write_whole

TraceFunction: TypeAlias = Callable[[FrameType, str, object], "TraceFunction | None"]


def lines_until_interrupted(
    call: Callable[[], None], line: int, within: Callable[..., None] = write_whole
) -> int:
    """Calls with Ctrl-C before that line of a function is run; gives how many were run."""
    run = 0

    def interrupt(frame: FrameType, event: str, _: object) -> TraceFunction | None:
        nonlocal run
        if frame.f_code is not within.__code__:
            return None
        if event == "line":
            if run == line:
                raise KeyboardInterrupt
            run += 1
        return interrupt

    before = sys.gettrace()
    sys.settrace(interrupt)
    try:
        call()
    finally:
        sys.settrace(before)
    return run


# Ctrl-C as the file is being closed leaves it to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_at_any_line_leaves_the_old_file_or_the_new_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    whole = lines_until_interrupted(lambda: write_whole(path, "new"), -1)
    assert whole > 8
    for line in range(whole):
        write_whole(path, "old")
        with pytest.raises(KeyboardInterrupt):
            lines_until_interrupted(lambda: write_whole(path, "new"), line)
        assert [found.name for found in tmp_path.iterdir()] == ["file"]
        assert path.read_text() in {"old", "new"}


OLD, NEW = ({"a": word, "b/c": word} for word in (b"old", b"new"))


def contents_of(folder: Path) -> dict[str, bytes]:
    """The files below a folder."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_at_any_line_leaves_the_old_folder_or_the_new(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "folder"

    def write() -> None:
        write_folder(folder, NEW, force=True)

    write()
    whole = lines_until_interrupted(write, -1, write_folder)
    assert whole > 8
    for line in range(whole):
        write_folder(folder, OLD, force=True)
        with pytest.raises(KeyboardInterrupt):
            lines_until_interrupted(write, line, write_folder)
        assert [found.name for found in folder.parent.iterdir()] == ["folder"]
        assert contents_of(folder) in (OLD, NEW)


def test_a_folder_of_other_files_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    write_folder(folder, OLD, force=False)
    with pytest.raises(SettingsError, match="is not empty; use --force"):
        write_folder(folder, NEW, force=False)
    assert contents_of(folder) == OLD
    (folder / "b" / "mine").symlink_to(tmp_path)
    with pytest.raises(SettingsError, match="holds other files, such as mine"):
        write_folder(folder, NEW, force=True)
    assert (folder / "b" / "mine").is_symlink()
    assert contents_of(folder) == OLD


@pytest.mark.parametrize("place", ["file", "file/new", "link", "n" * 300])
def test_where_no_folder_can_be_nothing_is_left(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(SettingsError):
        write_folder(tmp_path / place, NEW, force=True)
    assert {path.name for path in tmp_path.iterdir()} == {"file", "link"}


def test_files_have_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    write_whole(tmp_path / "whole", "")
    (tmp_path / "other").touch()
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("place", ["file", "new", "a/new/folder/file"])
def test_a_place_that_can_be_written_to_is_left_as_it_was(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("old")
    check_writable(tmp_path / place)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "old"
    write_whole(tmp_path / place, "new")


@pytest.mark.parametrize("place", ["file/new", "file/a/new", "folder", ".", "n" * 300])
def test_what_can_not_be_written_is_told_as_by_writing_it(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(SettingsError) as asked:
        check_writable(tmp_path / place)
    with pytest.raises(SettingsError) as told:
        write_whole(tmp_path / place, "new")
    assert {path.name for path in tmp_path.iterdir()} == {"file", "folder"}
    assert (asked.value.where, asked.value.what[:11]) == (told.value.where, told.value.what[:11])
