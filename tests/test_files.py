"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wann_edge.errors import SettingsError
from wann_edge.files import check_writable, write_whole


def test_ctrl_c_while_writing_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    write_whole(tmp_path / "file", "old")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "file", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "old"


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
