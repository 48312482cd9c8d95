"""Bad days of a run folder: another search, a lost folder, a full disk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from wann_edge.errors import SettingsError
from wann_edge.search.progress import Progress
from wann_edge.search.run import run_search
from wann_edge.search.settings import Settings, preset
from wann_edge.system.folder_lock import locked

RESULTS = ("champion.json", "pareto.json")


def small(generations: int = 4) -> Settings:
    return preset("paper", population=8, generations=generations, episodes=1, validation_episodes=2)


@pytest.mark.parametrize("how", ["overwrite", "resume"])
def test_a_second_search_in_a_folder_is_refused(how: str, tmp_path: Path) -> None:
    run_search("swingup", small(), tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with locked(tmp_path), pytest.raises(SettingsError, match="another search is running"):
        run_search("swingup", small(6), tmp_path, **{how: True})  # type: ignore[arg-type]
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    run_search("swingup", small(6), tmp_path, **{how: True})  # type: ignore[arg-type]


@pytest.mark.parametrize("how", ["deleted", "replaced by a file", "moved"])
def test_a_search_whose_folder_is_lost_is_written_elsewhere(how: str, tmp_path: Path) -> None:
    def lose(progress: Progress) -> None:
        if progress.generation == 2:
            if how == "moved":
                (tmp_path / "run").rename(tmp_path / "moved")
                return
            shutil.rmtree(tmp_path / "run")
            if how.endswith("file"):
                (tmp_path / "run").write_text("")

    run_search("swingup", small(), tmp_path / "whole")
    with pytest.raises(SettingsError) as caught:
        run_search("swingup", small(), tmp_path / "run", on_generation=lose)
    (rescued,) = tmp_path.glob("run-rescued-*")
    assert str(caught.value).startswith(f"{tmp_path / 'run'}: the folder was deleted or replaced")
    assert f"what the search found is in {rescued}" in str(caught.value)
    assert {path.name for path in rescued.iterdir()} >= {*RESULTS, "history.csv", "run.json"}
    run_search("swingup", small(), rescued, resume=True)
    for name in RESULTS:
        found = [json.loads((place / name).read_bytes()) for place in (rescued, tmp_path / "whole")]
        assert found[0] == found[1]


def test_where_nothing_can_be_written_the_first_error_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise SettingsError("can't write: No space left", where="run", remedy="free space")

    def fill(_: Progress) -> None:
        monkeypatch.setattr("wann_edge.search.run_folder.write_whole", fail)
        monkeypatch.setattr("wann_edge.search.checkpoint.write_whole", fail)

    with pytest.raises(SettingsError, match=r"^run: can't write: No space left; free space$"):
        run_search("swingup", small(), tmp_path / "run", on_generation=fill)
    assert not list(tmp_path.glob("run-rescued-*"))
