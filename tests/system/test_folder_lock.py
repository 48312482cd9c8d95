"""One search at a time writes to a folder."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from wann_edge.errors import SettingsError
from wann_edge.system.folder_lock import locked


def test_a_folder_is_locked_once(tmp_path: Path) -> None:
    with locked(tmp_path / "a" / "run"):
        again = locked(tmp_path / "a" / "run")
        with pytest.raises(SettingsError, match="another search is running"), again:
            pass
        with locked(tmp_path / "other"):
            pass
    with locked(tmp_path / "a" / "run"):
        pass


def test_a_kill_releases_the_lock(tmp_path: Path) -> None:
    ready, write = os.pipe()
    child = os.fork()
    if child == 0:
        with locked(tmp_path):
            os.write(write, b"1")
            signal.pause()
    os.read(ready, 1)
    with pytest.raises(SettingsError, match="another search"), locked(tmp_path):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with locked(tmp_path):
        pass


def test_a_lost_folder_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with locked(folder) as lock:
        lock.check()
        folder.rmdir()
        with pytest.raises(SettingsError, match="deleted or replaced"):
            lock.check()
        folder.mkdir()
        with pytest.raises(SettingsError, match="deleted or replaced"):
            lock.check()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(SettingsError, match="can't write"), locked(tmp_path / "run"):
        pass
