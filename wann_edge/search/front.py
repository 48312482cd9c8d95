"""The front of a search as a file, pareto.json: its networks, ever more complex and better."""

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
class Entry:
    """A network of the front. mean: its score over all shared weights, when tested."""

    network: Network
    complexity: float
    mean: float


@dataclass(frozen=True, slots=True)
class Front:
    """Networks by ascending complexity and mean. complexity: which one it is."""

    complexity: str
    entries: tuple[Entry, ...]


def to_json(front: Front) -> str:
    """The text of the file."""
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
    """Reads the file. Raises NetworkError on any fault, its place named."""
    with located(str(path)):
        document = parse_json(read_text(path))
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise NetworkError("not a front", remedy=f'its "format" would be "{FORMAT}"')
        if document.get("version") != VERSION:
            raise NetworkError(
                "another version", where="version", remedy=f"this release reads {VERSION}"
            )
        try:
            file = _File.model_validate(document)
        except ValidationError as error:
            fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
            place = ".".join(map(str, fault["loc"]))
            raise NetworkError(fault["msg"], where=short(place)) from None
        if not file.networks:
            raise NetworkError("it holds no network")
        entries = tuple(_entry(entry, index) for index, entry in enumerate(file.networks))
    return Front(file.complexity, entries)


class _Entry(BaseModel):
    """What the network itself does not say. Release 0.1.0 wrote no complexity."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    mean: float
    complexity: float | None = None
    network: dict[str, object]


class _File(BaseModel):
    model_config = ConfigDict(strict=True)

    complexity: str = "connections"
    networks: list[_Entry]


def _entry(entry: _Entry, index: int) -> Entry:
    with located(f"networks[{index}]"):
        network = from_document(entry.network)
    complexity = len(network.edges) if entry.complexity is None else entry.complexity
    return Entry(network, complexity, entry.mean)
