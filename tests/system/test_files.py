"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TypeAlias

import pytest

from wann_edge.errors import SettingsError
from wann_edge.system import places
from wann_edge.system.files import (
    _replace,
    _replace_folder,
    check_writable,
    write_folder,
    write_whole,
)

TraceFunction: TypeAlias = Callable[[FrameType, str, object], "TraceFunction | None"]


def lines_until_interrupted(
    call: Callable[[], None], line: int, within: Callable[..., None] = _replace
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
    whole = lines_until_interrupted(write, -1, _replace_folder)
    assert whole > 8
    for line in range(whole):
        write_folder(folder, OLD, force=True)
        with pytest.raises(KeyboardInterrupt):
            lines_until_interrupted(write, line, _replace_folder)
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


def test_a_link_is_followed_to_its_target(tmp_path: Path) -> None:
    """To a file, to a missing file, and of a folder."""
    (tmp_path / "real").write_text("old")
    (tmp_path / "real").chmod(0o600)
    (tmp_path / "link").symlink_to("second")
    (tmp_path / "second").symlink_to("real")
    (tmp_path / "dangling").symlink_to("made/new")
    (tmp_path / "made").mkdir()
    for name in ("link", "dangling"):
        write_whole(tmp_path / name, "new")
        assert (tmp_path / name).is_symlink()
    assert (tmp_path / "real").read_text() == (tmp_path / "made/new").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o600
    (tmp_path / "folder").symlink_to("made")
    write_folder(tmp_path / "folder", {"new": b"newer"}, force=True)
    assert (tmp_path / "folder").is_symlink()
    assert (tmp_path / "made/new").read_text() == "newer"


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(SettingsError, match="Too many levels of symbolic links"):
        write_whole(tmp_path / "a", "new")


def test_a_file_with_several_names_stays_one_file(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("old and longer")
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    write_whole(tmp_path / "one", "new")
    assert (tmp_path / "two").read_text() == "new"


def test_an_open_file_is_written_where_it_stands(tmp_path: Path) -> None:
    """As /dev/fd/N and a substituted process name it; what it holds stays."""
    with (tmp_path / "log").open("wb", buffering=0) as file:
        file.write(b"before ")
        for place in (f"/proc/self/fd/{file.fileno()}", f"/dev/fd/{file.fileno()}"):
            check_writable(Path(place))
            write_whole(Path(place), "new ")
    assert (tmp_path / "log").read_text() == "before new new "
    with pytest.raises(SettingsError, match="Bad file descriptor"):
        check_writable(Path("/dev/fd/999"))


def test_a_pipe_whose_reader_has_ended_is_no_bad_path() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(BrokenPipeError):
        write_whole(Path(f"/dev/fd/{writing}"), "new")
    os.close(writing)


def test_a_fifo_without_a_reader_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "READER_WAIT_S", 0.0)
    os.mkfifo(tmp_path / "fifo")
    check_writable(tmp_path / "fifo")
    with pytest.raises(SettingsError, match="no program reads this FIFO"):
        write_whole(tmp_path / "fifo", "new")
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)


def test_a_full_device_gets_its_reason(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/full")
    with pytest.raises(SettingsError, match="link: can't write: No space left on device"):
        write_whole(tmp_path / "link", "new")


def test_where_a_file_can_not_be_replaced_it_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is mounted alone, or one of another user in /tmp."""

    def busy(self: Path, target: Path) -> Path:
        raise OSError(errno.EBUSY, "Device or resource busy")

    (tmp_path / "file").write_text("old and longer")
    monkeypatch.setattr(Path, "replace", busy)
    write_whole(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "new"
    with pytest.raises(SettingsError, match="busy"):
        write_whole(tmp_path / "other", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_current_folder_is_filled_and_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    (folder / "b").mkdir(parents=True)
    monkeypatch.chdir(folder / "b")
    before = folder.stat().st_ino
    for contents in (OLD, NEW):
        write_folder(Path(".."), contents, force=True)
    assert folder.stat().st_ino == before
    assert contents_of(folder) == NEW


def test_a_replaced_folder_keeps_its_permissions(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write_folder(folder, OLD, force=False)
    folder.chmod(0o750)
    (folder / "a").chmod(0o600)
    write_folder(folder, NEW, force=True)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750
    assert stat.S_IMODE((folder / "a").stat().st_mode) == 0o600


def test_a_name_of_the_greatest_length_is_written(tmp_path: Path) -> None:
    check_writable(tmp_path / ("n" * 255))
    write_whole(tmp_path / ("n" * 255), "new")
    assert (tmp_path / ("n" * 255)).read_text() == "new"
