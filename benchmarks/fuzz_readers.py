"""Fuzz every reader of files: what a file contains must end in a result or in an error of one line.

Run:  python -m benchmarks.fuzz_readers [--mutations 20000] [--seed 0] [--reader NAME] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
import traceback
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wann_edge.errors import WannError
from wann_edge.evaluate import Scores, WeightScore
from wann_edge.hil.capture import Exchange, hex_of, load_capture, new_capture, replay
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.network.hashes import network_hash
from wann_edge.network.published import read_published
from wann_edge.parallel.engine import Engine
from wann_edge.search import checkpoint, front
from wann_edge.search.genome import express, initial
from wann_edge.search.run import run_search
from wann_edge.search.running_search import RunningSearch
from wann_edge.search.settings import preset
from wann_edge.system.seeds import Use, generator
from wann_edge.task import load_task

SLOW_S = 1.0
WEIGHT = 0.5
TASK = "swingup"
SETTINGS = preset("paper", population=4, generations=2, episodes=1, validation_episodes=1)
PUBLISHED = "0,0,0,1.5,-1,1\n0,0,0,0,1,1\n0,0,0,1,nan,1\n0,0,0,0,2,5\n0,0,0,0,0,1\n"
# Values to put in place of others, and pieces of text to insert.
VALUES: tuple[object, ...] = (
    *(None, True, -1, 0, 1, 7, 2**31, 2**63, 10**400, -(2**40), 0.5, 1e308, -1e-320),
    *(float("nan"), float("inf"), "", "00", "tanh", "./evil.c", "\x1b[31m", "\u202e", "\ud800"),
    *([], {}, [[]], [1, 2], {"a": 1}, ["x"] * 9, "A" * 5000, [0] * 5000),
)
PIECES = (
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n", b"\n\n", b"\0", b"\xff", b"\x1b[2J", b"[" * 3000),
    *(
        b"{}",
        b"null",
        b"NaN",
        b"1e999",
        b"-",
        b'"',
        b",",
        b"9" * 5000,
        b"\xc2\x9b",
        b"\xed\xa0\x80",
    ),
)


class Reader(NamedTuple):
    """A kind of file.

    Attributes:
        content: a valid file.
        read: reads a file and uses what it contains.
        is_lines: whether each line is a JSON document, and not the whole.
        is_summed: whether the first line is the checksum of the rest.
    """

    content: bytes
    read: Callable[[Path], object]
    is_lines: bool = False
    is_summed: bool = False


@dataclass
class Outcome:
    """What the mutations of one kind of file ended in.

    Attributes:
        reader: the kind of file.
        accepted: files that were read and used.
        refused: files that gave an error of one line.
        faults: the last line of each other error, or "slow", with the number of the mutation.
        worst_s: the longest time for one file.
    """

    reader: str
    accepted: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)
    worst_s: float = 0.0


def readers(folder: Path) -> dict[str, Reader]:
    """Return every kind of file that wann-edge reads, with a valid file of each.

    Args:
        folder: where the valid files may be written.
    """
    spec = load_task(TASK).spec
    genome = initial(len(spec.inputs), len(spec.outputs), 0.8, generator(0, Use.BREEDING))
    network = express(genome, spec)
    scores = Scores((WeightScore(1.0, 2.0, 3.0),), 4)
    shown = front.Front("connections", (front.FrontEntry(network, 3.0, scores.mean_of_weights),))
    run_search(TASK, SETTINGS, folder, overwrite=True)
    state = max(path.read_bytes() for path in folder.glob("checkpoint-*.json"))
    matrix = folder / "net.out"
    matrix.write_text(PUBLISHED)
    (folder / "weights.json").write_text("[[1.5, -1, 1, 1, 2], 9.0]")
    return {
        "network": Reader(network_file.to_json(network).encode(), _network),
        "front": Reader(front.to_json(shown).encode(), front.load),
        "checkpoint": Reader(state, _resumed, is_summed=True),
        "capture": Reader(
            _capture(network, folder), lambda path: _replayed(path, network), is_lines=True
        ),
        "published .out": Reader(PUBLISHED.encode(), lambda path: read_published(path, 2, 1)),
        "published weights": Reader(
            (folder / "weights.json").read_bytes(),
            lambda path: read_published(matrix, 2, 1, path, 0.5),
        ),
    }


def _network(path: Path) -> bytes:
    return network_hash(network_file.load(path))


def _resumed(path: Path) -> None:
    """Restore a checkpoint; continue for a generation where its settings are the usual ones."""
    state = checkpoint.load(path.parent)
    with Engine(TASK) as engine:
        search = RunningSearch(engine, state.settings)
        search.restore(state, str(path))
        if state.settings.model_copy(update={"generations": 2}) == SETTINGS:
            search.advance()


def _capture(network: Network, folder: Path) -> bytes:
    capture = new_capture(network, "float", "board", WEIGHT)
    for step in range(3):
        seen = np.full(len(network.inputs), 0.25 * step, np.float32)
        done = hex_of(np.zeros(len(network.outputs), np.float32))
        capture.exchanges.append(
            Exchange(
                episode=0, step=step, observation=hex_of(seen), action=done, ticks=1, latency_s=0.1
            )
        )
    capture.save(folder / "capture.jsonl")
    return (folder / "capture.jsonl").read_bytes()


def _replayed(path: Path, network: Network) -> object:
    def act(observation: Floats) -> bytes:
        assert observation.shape == (len(network.inputs),)
        return bytes(4 * len(network.outputs))

    capture = load_capture(path)
    assert np.isfinite(capture.weight)
    return replay(capture, network, act)


def mutated(reader: Reader, rng: random.Random) -> bytes:
    """Return the reader's valid file with one to three changes, of bytes or of JSON values."""
    content = reader.content.partition(b"\n")[2] if reader.is_summed else reader.content
    for _ in range(rng.randint(1, 3)):
        content = (
            _values_changed(content, rng, reader) if rng.random() < 0.6 else _cut(content, rng)
        )
    if reader.is_summed:
        return f"{zlib.crc32(content.rstrip()):08x}\n".encode() + content
    return content


def _cut(content: bytes, rng: random.Random) -> bytes:
    """Return the content with a part left out, doubled, changed or with a piece inserted."""
    start = rng.randrange(len(content) + 1)
    end = min(len(content), start + rng.choice((1, 1, 2, 8, 64, len(content))))
    part = content[start:end]
    kinds = (b"", part + part, bytes(byte ^ 1 << rng.randrange(8) for byte in part[:2]) + part[2:])
    return content[:start] + rng.choice((*kinds, rng.choice(PIECES) + part)) + content[end:]


def _values_changed(content: bytes, rng: random.Random, reader: Reader) -> bytes:
    """Return the content with one JSON value replaced, left out or doubled."""
    lines = content.split(b"\n") if reader.is_lines else [content]
    index = rng.randrange(len(lines))
    try:
        document = [json.loads(lines[index])]
    except (ValueError, RecursionError):
        return _cut(content, rng)
    holder, key = _place(document, rng)
    choice = rng.random()
    if choice < 0.3:
        holder[key] = _near(holder[key], rng)
    elif choice < 0.7:
        holder[key] = rng.choice(VALUES)
    elif choice < 0.85 and holder is not document:
        del holder[key]
    elif isinstance(holder, list):
        holder.insert(key, holder[key])
    text = json.dumps(document[0]) if document else ""
    lines[index] = text.encode("utf-8", "replace")
    return b"\n".join(lines)


def _near(value: object, rng: random.Random) -> object:
    """Return a value of the same kind: another number, or a text with one other character."""
    if isinstance(value, int | float):
        return value + rng.choice((-1, 1, -2, 1000))
    if isinstance(value, str) and value:
        place = rng.randrange(len(value))
        return value[:place] + rng.choice("0123456789abcdefABCXYZ+/=") + value[place + 1 :]
    return rng.choice(VALUES)


def _place(document: list[Any], rng: random.Random) -> tuple[Any, Any]:
    """Return a random list or object in a document, and a key or an index in it."""
    holder: Any = document
    key: Any = 0
    while rng.random() < 0.85:
        inner = holder[key]
        if not isinstance(inner, list | dict) or not inner:
            break
        holder = inner
        key = rng.choice(list(inner) if isinstance(inner, dict) else range(len(inner)))
    return holder, key


def fuzz(name: str, reader: Reader, mutations: int, seed: int, path: Path) -> Outcome:
    """Read mutated files.

    Args:
        name: the kind of file.
        reader: its reader.
        mutations: how many files.
        seed: determines each of them together with its number.
        path: the file to write; a checkpoint's name is fixed.
    """
    outcome = Outcome(name)
    reader.read(_written(path, reader.content))  # A control: the valid file is read.
    for number in range(mutations):
        _written(path, mutated(reader, random.Random(f"{seed} {name} {number}")))
        start_s = time.perf_counter()
        try:
            reader.read(path)
            outcome.accepted += 1
        except WannError as error:
            outcome.refused += 1
            if "\n" in str(error) or not error.where or not error.remedy:
                outcome.faults.append(f"{number}: not one line with a place and a remedy: {error}")
        except Exception:
            outcome.faults.append(f"{number}: {traceback.format_exc().splitlines()[-1]}")
        spent_s = time.perf_counter() - start_s
        outcome.worst_s = max(outcome.worst_s, spent_s)
        if spent_s > SLOW_S:
            outcome.faults.append(f"{number}: slow, {spent_s:.1f} s")
    return outcome


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the fuzzing and print a row for each reader; 1 if there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    outcomes = []
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as folder:
        for name, reader in readers(Path(made)).items():
            if asked.reader in (None, name):
                path = Path(folder) / checkpoint.NAMES[0]
                outcomes.append(fuzz(name, reader, asked.mutations, asked.seed, path))
    if asked.json:
        print(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
    for outcome in () if asked.json else outcomes:
        print(
            f"{outcome.reader:18} accepted {outcome.accepted:6}  refused {outcome.refused:6}  "
            f"worst {outcome.worst_s * 1e3:6.0f} ms  faults {len(outcome.faults)}"
        )
        print("".join(f"  {fault}\n" for fault in outcome.faults[:20]), end="")
    return int(any(outcome.faults for outcome in outcomes))


if __name__ == "__main__":
    raise SystemExit(main())
