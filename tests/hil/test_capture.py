"""Captures are checked whole before they are replayed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers.fixed_networks import fixed_of
from helpers.networks import random_network
from wann_edge.errors import SettingsError
from wann_edge.hil.capture import Exchange, Replay, hex_of, load_capture, new_capture, replay
from wann_edge.hil.messages import Numbers
from wann_edge.hil.session import replay_session
from wann_edge.kernel import Floats
from wann_edge.network.hashes import contract_sha256, network_sha256

NETWORK = random_network(np.random.default_rng(3), inputs=3, hidden=2, outputs=2)
Line = dict[str, object]


def act(observation: Floats) -> bytes:
    assert observation.shape == (3,)
    return observation[:2].tobytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a capture of four steps."""
    capture = new_capture(NETWORK, "float", "böard", 0.5)
    for step in range(4):
        seen = np.arange(step, step + 3, dtype=np.float32)
        capture.exchanges.append(
            Exchange(
                episode=0,
                step=step,
                observation=hex_of(seen),
                action=act(seen).hex(),
                ticks=1,
                latency_s=0.1,
            )
        )
    capture.save(tmp_path / "capture.jsonl")
    return tmp_path / "capture.jsonl"


def replayed(path: Path) -> Replay:
    return replay(load_capture(path), NETWORK, act)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text + "\n \r\n",
        lambda text: "\n" + text.replace("\n", "\n\n"),
        lambda text: text.rstrip(),
    ],
    ids=["control", "byte order mark", "Windows", "blank end", "blank lines", "no line end"],
)
def test_line_ends_and_byte_order_marks_are_skipped(
    change: Callable[[str], str], path: Path
) -> None:
    path.write_bytes(change(path.read_text("utf-8")).encode())
    assert replayed(path) == Replay(steps=4, mismatches=0, first=None)


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        (0, {"shared_weight": "00"}),
        (0, {"shared_weight": "0000803f0000803f"}),
        (0, {"shared_weight": "0000807f"}),
        (0, {"shared_weight": "0000c07f"}),
        (0, {"dtype": "q15\x1b]0;title\x07"}),
        (0, {"contract": "00"}),
        (1, {"observation": "0"}),
        (1, {"observation": ""}),
        (1, {"observation": "zz" * 12}),
        (1, {"step": -1}),
        (1, {"latency_s": None}),
        (5, {"steps": -4}),
        (5, {"steps": 4.0}),
    ],
)
def test_a_line_that_is_not_valid_is_refused(line: int, changes: Line, path: Path) -> None:
    lines = [json.loads(text) for text in path.read_text("utf-8").splitlines()]
    lines[line] |= changes
    path.write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(SettingsError, match="not a capture, or an incomplete one"):
        load_capture(path)


@pytest.mark.parametrize("numbers", [1, 2, 4, 1005])
@pytest.mark.parametrize("name", ["observation", "action"])
def test_numbers_of_another_network_are_refused(name: str, numbers: int, path: Path) -> None:
    """The last step too, before the first is replayed: the header reads as many as it has."""
    expected = {"observation": 3, "action": 2}[name]
    lines = [json.loads(text) for text in path.read_text("utf-8").splitlines()]
    lines[4][name] = "0000803f" * numbers
    path.write_text("\n".join(map(json.dumps, lines)))
    calls: list[Floats] = []
    with_calls = lambda seen: calls.append(seen) or act(seen)  # noqa: E731
    if numbers == expected:
        assert replay(load_capture(path), NETWORK, with_calls).steps == 4
        return
    with pytest.raises(SettingsError, match="step 3 has"):
        replay(load_capture(path), NETWORK, with_calls)
    assert not calls


@pytest.mark.parametrize("dtype", ["q15", "q31"])
@pytest.mark.parametrize("version", [1, 2])
def test_fixed_point_is_replayed_to_the_last_bit(dtype: str, version: int, tmp_path: Path) -> None:
    """The control is version 1, whose float32 can't hold the lowest bits of q31."""
    network = fixed_of(NETWORK, dtype)
    numbers, weight = Numbers(network), 0.7
    capture = new_capture(network, dtype, "board", weight)
    capture.header.version = version  # type: ignore[assignment]
    for step, seen in enumerate(np.random.default_rng(1).uniform(-1, 1, (9, 3)).astype("f4")):
        words = bytearray(numbers.kernel_action(seen, weight))
        words[0] ^= step == 8  # the lowest bit of the last step
        action = words.hex() if version == 2 else hex_of(numbers.exact(words))
        capture.exchanges.append(
            Exchange(
                episode=0,
                step=step,
                observation=hex_of(seen),
                action=action,
                ticks=1,
                latency_s=0.1,
            )
        )
    capture.save(tmp_path / "capture.jsonl")
    found = replay_session(load_capture(tmp_path / "capture.jsonl"), network)
    is_seen = version == 2 or dtype == "q15"
    assert found == Replay(steps=9, mismatches=int(is_seen), first=8 if is_seen else None)


@pytest.mark.parametrize("text", ["", "\n", "[" * 100_000, "{}\n{}", "null\n" * 3, "9" * 9000])
def test_text_that_is_no_capture(text: str, path: Path) -> None:
    path.write_text(text)
    with pytest.raises(SettingsError, match="not a capture, or an incomplete one"):
        load_capture(path)


def test_files_that_are_no_text(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wann_edge.hil.capture.MAX_BYTES", 1000)
    for named, what in ((Path("/dev/zero"), "too large"), (path.parent, "can't read")):
        with pytest.raises(SettingsError, match=what):
            load_capture(named)
    path.write_bytes(b"\xff\xfe{\0}\0")
    with pytest.raises(SettingsError, match="not UTF-8"):
        load_capture(path)


def test_a_capture_holds_the_sums_of_network_contract_and_task(path: Path) -> None:
    header = json.loads(path.read_text().splitlines()[0])
    assert header["network"] == network_sha256(NETWORK)
    assert header["contract"] == contract_sha256(NETWORK)
    assert header["task_sha256"] is None
    known = new_capture(replace(NETWORK, hashes={"task": "ab" * 32}), "float", "board", 0.5)
    assert known.header.task_sha256 == "ab" * 32


def test_a_capture_with_the_first_bytes_of_the_sums_is_replayed(path: Path) -> None:
    first, *rest = path.read_text().splitlines()
    header = json.loads(first)
    header |= {name: header[name][:16] for name in ("network", "contract")}
    del header["task_sha256"]
    path.write_text("\n".join([json.dumps(header), *rest]) + "\n")
    assert replayed(path).ok
    path.write_text("\n".join([json.dumps(header | {"contract": "0" * 16}), *rest]) + "\n")
    with pytest.raises(SettingsError, match="another contract"):
        replayed(path)
