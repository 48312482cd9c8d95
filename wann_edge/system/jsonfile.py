"""Small text and JSON files from anyone, read without trust: every fault is a NetworkError."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wann_edge.errors import NetworkError

MAX_BYTES = 16 * 2**20  # twice what a network of the largest size takes
MAX_KEYS = 4096  # of one object: each unknown key costs a kilobyte to report


@contextmanager
def located(where: str) -> Iterator[None]:
    """Puts ``where`` before the place that a NetworkError from inside names, and keeps it short."""
    try:
        yield
    except NetworkError as error:
        place = f"{where}: {error.where}" if error.where else where
        raise NetworkError(short(error.what), where=place, remedy=error.remedy) from error


def short(text: str) -> str:
    """The text, or its beginning where it is too long for one line."""
    return text if len(text) <= 120 else f"{text[:117]}..."


def check_size(content: bytes) -> None:
    """Raises NetworkError where a file of this content would be refused as too large."""
    if len(content) > MAX_BYTES:
        raise NetworkError("too large", remedy=f"the limit is {MAX_BYTES} bytes")


def read_text(path: Path) -> str:
    """A UTF-8 file's text; never reads more than the limit, whatever ``path`` is.

    Raises NetworkError where it can't be read, is too large or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        check_size(content)
        return content.decode()
    except OSError as error:
        raise NetworkError(f"can't read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise NetworkError("not UTF-8 text", where=f"byte {error.start}") from error


def parse_json(text: str) -> object:
    """JSON's plain values. NaN and infinities pass, for a schema to refuse with their place.

    Raises NetworkError on faults of syntax, repeated keys, huge objects and deep nesting.
    """
    try:
        value: object = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise NetworkError(f"not JSON: {error.msg}", where=place) from error
    except RecursionError as error:
        raise NetworkError("nested too deeply") from error
    except ValueError as error:  # Python's own limit, against quadratic time
        raise NetworkError("a whole number of thousands of digits") from error
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(pairs) > MAX_KEYS:
        raise NetworkError(f"an object of {len(pairs)} keys", remedy=f"the limit is {MAX_KEYS}")
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise NetworkError(f"the key {ascii(key)[:60]} appears twice in one object")
        found[key] = value
    return found
