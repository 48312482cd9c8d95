"""A checkpoint with a right checksum and wrong content is refused, at once and in one line."""

from __future__ import annotations

import json
import time
import zlib
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wann_edge.errors import SettingsError
from wann_edge.search import checkpoint
from wann_edge.search.run import run_search
from wann_edge.search.settings import preset

SMALL = {"population": 4, "episodes": 1, "validation_episodes": 1}


@pytest.fixture(scope="module", params=["paper", "fast"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the content of a checkpoint, of one population and of islands."""
    folder = tmp_path_factory.mktemp(request.param)
    generations = 2 if request.param == "paper" else 16
    run_search("swingup", preset(request.param, **SMALL, generations=generations), folder)
    return (folder / checkpoint.NAMES[0 if request.param == "fast" else 1]).read_text()


def loaded(document: object, folder: Path) -> float:
    """Load a checkpoint of this content; return the seconds that it took."""
    text = json.dumps(document, separators=(",", ":"))
    (folder / checkpoint.NAMES[0]).write_text(f"{zlib.crc32(text.encode()):08x}\n{text}")
    start_s = time.process_time()
    try:
        checkpoint.load(folder)
    finally:
        spent_s = time.process_time() - start_s
        assert spent_s < 1
    return spent_s


def content_of(written: str) -> Any:  # noqa: ANN401
    return json.loads(written.partition("\n")[2])


def test_the_content_as_written_is_read(written: str, tmp_path: Path) -> None:
    """A control; also with Windows line ends and a byte order mark."""
    loaded(content_of(written), tmp_path)
    changed = "\ufeff" + written.replace("\n", "\r\n") + "\r\n"
    (tmp_path / checkpoint.NAMES[0]).write_bytes(changed.encode())
    checkpoint.load(tmp_path)


def packed(*links: tuple[int, int]) -> str:
    return b64encode(np.array([t << 16 | s for s, t in links], np.int32).tobytes()).decode()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("settings.population", 10**6),
        ("settings.episodes", 10**5),
        ("settings.tournament_size", 10**7),
        ("settings.stage_rounds", 10**9),
        ("standing.stage", 10**9),
        ("standing.generation", -1),
        ("standing.generation", 10**400),
        ("standing.islands", []),
        ("standing.islands.0.members", []),
        ("standing.islands.0.members.0.0.inputs", 0),
        ("standing.islands.0.members.0.0.inputs", 4),
        ("standing.islands.0.members.0.0.inputs", 10**9),
        ("standing.islands.0.members.0.0.hidden", ["tan"]),
        ("standing.islands.0.members.0.0.links", packed((0, 32767))),
        ("standing.islands.0.members.0.0.links", packed((0, 7))),
        ("standing.islands.0.members.0.0.links", packed((6, 6))),
        ("standing.islands.0.members.0.0.links", packed(*[(0, 6)] * 6)),
        ("standing.islands.0.members.0.0.links", packed((0, 3), *[(i, 6) for i in range(5)])),
        ("standing.islands.0.members.0.0.links", "AAA="),
        ("standing.islands.0.members.0.0.links", 7),
        ("standing.islands.0.members.0.0.enabled", ""),
        ("standing.islands.0.members.0.0.enabled", b64encode(b"\2" * 6).decode()),
        ("standing.islands.0.members.0.1", []),
        ("standing.islands.0.members.0.1.0", None),
        ("standing.islands.0.members.0.2", [1.0]),
        ("archive.0.edges", "AA=="),
        ("history", []),
        ("history.0.evaluations", -1),
        ("history.0.best_mean", "x"),
    ],
)
def test_values_that_no_search_writes(
    place: str, value: object, written: str, tmp_path: Path
) -> None:
    document = content_of(written)
    *parents, key = (int(k) if k.isdigit() else k for k in place.split("."))
    holder = document
    for parent in parents:
        holder = holder[parent]
    if place.endswith("links"):
        links = len(b64decode(value)) // 4 if isinstance(value, str) else 1
        holder |= {"hidden": [], "enabled": b64encode(b"\1" * links).decode()}
    holder[key] = value
    with pytest.raises(SettingsError, match=r"checkpoint-0.json: not valid: .*; start a new") as e:
        loaded(document, tmp_path)
    assert "\n" not in str(e.value)


def test_numbers_that_do_not_fit_together(tmp_path: Path, written: str) -> None:
    """More members than the settings allow, an island twice, a race that has no rounds left."""
    document = content_of(written)
    standing = document["standing"]
    islands = standing["islands"]
    islands[0]["members"] *= 100
    with pytest.raises(SettingsError, match="members, where the most is"):
        loaded(document, tmp_path)
    standing["islands"] = [islands[1 % len(islands)]] * 2
    with pytest.raises(SettingsError, match="islands, or one twice"):
        loaded(document, tmp_path)
    if len(islands) > 1:
        document = content_of(written) | {}
        document["standing"]["rounds_left"] = 0
        with pytest.raises(SettingsError, match="0 rounds left of"):
            loaded(document, tmp_path)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / checkpoint.NAMES[0]).open("wb") as file:
        file.truncate(checkpoint.MAX_BYTES + 10)
    with pytest.raises(SettingsError, match="too large"):
        checkpoint.load(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [{"population": 100_000, "episodes": 1000}, {"population": 50_000, "tournament_size": 1000}],
)
def test_settings_that_need_too_much_memory(changes: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="is more than"):
        preset("paper", generations=1, **changes)
