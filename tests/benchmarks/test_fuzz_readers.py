"""A sample of the fuzzing of all readers, and controls that it finds faults."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from benchmarks import fuzz_readers
from benchmarks.fuzz_readers import Reader, fuzz, mutated, readers
from wann_edge.errors import NetworkError
from wann_edge.search import checkpoint

MUTATIONS = 60
NAMES = (
    *("network", "front", "checkpoint", "capture"),
    *("published .out", "published weights"),
)


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reader]:
    """Return the readers."""
    return readers(tmp_path_factory.mktemp("valid"))


def test_all_kinds_are_sampled(kinds: dict[str, Reader]) -> None:
    assert tuple(kinds) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_mutated_file_is_read_or_refused_in_one_line(
    name: str, kinds: dict[str, Reader], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz_readers, "SLOW_S", 10.0)  # On a loaded machine.
    outcome = fuzz(name, kinds[name], MUTATIONS, 1, tmp_path / checkpoint.NAMES[0])
    assert outcome.faults == []
    assert outcome.accepted + outcome.refused == MUTATIONS
    assert outcome.refused > MUTATIONS / 4


def test_faults_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Controls: a traceback, an error without a remedy, a slow reader."""
    monkeypatch.setattr(fuzz_readers, "SLOW_S", 0.001)

    def read(path: Path) -> None:
        content = path.read_bytes()
        if content == b"[1]":
            return
        if b"1" in content:
            raise KeyError(content)
        if b"n" in content:
            raise NetworkError("bad", where="file")
        time.sleep(0.002)

    found = "".join(fuzz("x", Reader(b"[1]", read), 60, 0, tmp_path / "file").faults)
    assert "KeyError" in found
    assert "not one line with a place and a remedy" in found
    assert "slow" in found


def test_the_seed_decides(kinds: dict[str, Reader]) -> None:
    made = [mutated(kinds["network"], random.Random(3)) for _ in range(2)]
    assert made[0] == made[1] != kinds["network"].content
