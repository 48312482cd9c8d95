"""Read small text and JSON files without trusting them: every fault is a NetworkError."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wann_edge.errors import NetworkError

MAX_BYTES = 16 * 2**20  # twice the size of the largest network's file
MAX_KEYS = 4096  # in one object: each unknown key takes a kilobyte to report


@contextmanager
def located(where: str) -> Iterator[None]:
    """Put ``where`` before the place that a NetworkError of the block names, and shorten it."""
    try:
        yield
    except NetworkError as error:
        place = where if error.where in ("", where) else f"{where}: {error.where}"
        raise NetworkError(short(error.what), where=place, remedy=error.remedy) from error


def short(text: str) -> str:
    """Return the text, or its first 117 characters and "..." if it has more than 120."""
    return text if len(text) <= 120 else f"{text[:117]}..."


def check_size(content: bytes, limit: int = MAX_BYTES) -> None:
    """Raise NetworkError if a file with this content would be too large to read."""
    if len(content) > limit:
        raise NetworkError("too large", where="file size", remedy=f"the limit is {limit} bytes")


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Read a file; never more than the limit, whatever ``path`` is.

    Raises:
        NetworkError: the file can't be read or is too large.
    """
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise NetworkError(
            f"can't read: {reason}", where=str(path), remedy="check the path"
        ) from error
    check_size(content, limit)
    return content.removeprefix(BOM_UTF8)


def read_text(path: Path, limit: int = MAX_BYTES) -> str:
    """Read a UTF-8 file as ``read_bytes`` does; a byte order mark is skipped.

    Raises:
        NetworkError: the file can't be read, is too large or is not UTF-8.
    """
    try:
        return read_bytes(path, limit).decode()
    except UnicodeDecodeError as error:
        raise NetworkError(
            "not UTF-8 text", where=f"byte {error.start}", remedy="name a text file"
        ) from error


def parse_json(text: str) -> object:
    """Parse JSON to plain values.

    NaN and infinities pass, so that a schema can refuse them and name their place.

    Raises:
        NetworkError: the syntax is wrong, a key is repeated, an object is huge, or values are
            nested too deeply.
    """
    try:
        value: object = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise NetworkError(
            f"not JSON: {error.msg}", where=place, remedy="correct the syntax"
        ) from error
    except RecursionError as error:
        raise NetworkError(
            "nested too deeply", where="JSON", remedy="name a file that wann-edge wrote"
        ) from error
    except ValueError as error:  # Python's limit, against quadratic time
        raise NetworkError(
            "a whole number of thousands of digits",
            where="JSON",
            remedy="name a file that wann-edge wrote",
        ) from error
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(pairs) > MAX_KEYS:
        raise NetworkError(
            f"an object of {len(pairs)} keys", where="JSON", remedy=f"the limit is {MAX_KEYS}"
        )
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise NetworkError(
                f"the key {ascii(key)[:60]} appears twice in one object",
                where="JSON",
                remedy="remove one of the two",
            )
        found[key] = value
    return found
