"""The front of a search as a file, pareto.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from wann_edge.errors import NetworkError
from wann_edge.network import Network
from wann_edge.network.file import from_document, to_document
from wann_edge.system.jsonfile import located, parse_json, read_text, short

NAME = "pareto.json"
FORMAT = "wann-edge pareto front"
VERSION = 1


@dataclass(frozen=True, slots=True)
class FrontEntry:
    """A network of the front.

    Attributes:
        network: the network.
        complexity: its complexity.
        mean: its mean score over all shared weights, on the validation episodes.
    """

    network: Network
    complexity: float
    mean: float


@dataclass(frozen=True, slots=True)
class Front:
    """The networks of a front.

    Attributes:
        complexity: the name of the complexity.
        entries: the networks by ascending complexity and mean.
    """

    complexity: str
    entries: tuple[FrontEntry, ...]


def to_json(front: Front) -> str:
    """Return the text of the file."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "complexity": front.complexity,
        "networks": [
            {
                "connections": len(entry.network.edges),
                "nodes": entry.network.node_count,
                "complexity": entry.complexity,
                "mean": entry.mean,
                "network": to_document(entry.network),
            }
            for entry in front.entries
        ],
    }
    return json.dumps(document, indent=1) + "\n"


def load(path: Path) -> Front:
    """Read the file.

    Raises:
        NetworkError: the file can't be read or is not a valid front; the error names the place.
    """
    with located(str(path)):
        document = parse_json(read_text(path))
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise NetworkError(
                "not a front",
                where="format",
                remedy=f'give the {NAME} of a search, whose "format" is "{FORMAT}"',
            )
        if document.get("version") != VERSION:
            raise NetworkError(
                "unsupported file version",
                where="version",
                remedy=f"this release reads version {VERSION}",
            )
        try:
            file = _FrontDocument.model_validate(document)
        except ValidationError as error:
            fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
            place = ".".join(map(str, fault["loc"]))
            raise NetworkError(
                fault["msg"], where=short(place), remedy="restore the file that the search wrote"
            ) from None
        if not file.networks:
            raise NetworkError(
                "the front is empty",
                where="networks",
                remedy="restore the file that the search wrote",
            )
        entries = tuple(_entry(entry, index) for index, entry in enumerate(file.networks))
    return Front(file.complexity, entries)


class _EntryDocument(BaseModel):
    """An entry in the file. Release 0.1.0 wrote no complexity."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    mean: float
    complexity: float | None = None
    network: dict[str, object]


class _FrontDocument(BaseModel):
    model_config = ConfigDict(strict=True)

    complexity: str = "connections"
    networks: list[_EntryDocument]


def _entry(entry: _EntryDocument, index: int) -> FrontEntry:
    with located(f"networks[{index}]"):
        network = from_document(entry.network)
    complexity = len(network.edges) if entry.complexity is None else entry.complexity
    return FrontEntry(network, complexity, entry.mean)
