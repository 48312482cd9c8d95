"""Read and write network files: versioned JSON, exact to the bit. See docs/network-file.md."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from pathlib import Path

from wann_edge.errors import NetworkError
from wann_edge.network import Input, Network, Output
from wann_edge.network.content import content, read_document
from wann_edge.network.document import (
    PARSED,
    InputDocument,
    NetworkDocument,
    OutputDocument,
    json_text,
)
from wann_edge.network.hashes import hashes_of
from wann_edge.system.files import write_whole
from wann_edge.system.jsonfile import check_size, located, parse_json, read_text


def to_document(network: Network) -> dict[str, object]:
    """Return the content of a network's file as plain values for JSON.

    Each number is the float64 with the shortest decimal for its float32.

    Raises:
        NetworkError: JSON cannot hold the provenance.
    """
    document = content(network)
    provenance = document.pop("provenance")
    return {**document, "hashes": hashes_of(network), "provenance": provenance}


def to_json(network: Network) -> str:
    """Return the text of a network's file; equal for equal networks and provenances.

    Raises:
        NetworkError: JSON cannot hold the provenance.
    """
    document = to_document(network)
    fields = [f"  {json_text(key)}: {_layout(key, value)}" for key, value in document.items()]
    return "{\n" + ",\n".join(fields) + "\n}\n"


def save(network: Network, path: Path) -> None:
    """Write a network's file, completely or not at all.

    Args:
        network: the network to write.
        path: the file to create or replace.

    Raises:
        NetworkError: JSON cannot hold the provenance, or ``load`` would refuse the file's size.
        SettingsError: the path cannot be written to.
    """
    with located(str(path)):
        content = to_json(network).encode()
        check_size(content)
    write_whole(path, content)


def from_json(text: str, where: str = "network file") -> Network:
    """Return the network of a file's text; decimals are rounded to the nearest float32.

    Args:
        text: the content of a network file.
        where: the name of the text in error messages.

    Raises:
        NetworkError: the text is not a valid network file.
    """
    with located(where):
        return _network(read_document(parse_json(text), PARSED))


def from_document(document: object) -> Network:
    """Return the network of a file's JSON, parsed to plain values.

    Raises:
        NetworkError: the document is not a valid network file.
    """
    return _network(read_document(document))


def load(path: Path) -> Network:
    """Read a network file.

    Raises:
        NetworkError: the file cannot be read or is not valid; the message names the place.
    """
    with located(str(path)):
        return _network(read_document(parse_json(read_text(path)), PARSED))


def _network(file: NetworkDocument) -> Network:
    weights = tuple(edge.weight for edge in file.edges if edge.weight is not None)
    if weights and len(weights) < len(file.edges):
        raise NetworkError(
            "some edges have a weight and some have none",
            where="edges",
            remedy="give a weight to all edges or to none",
        )
    return Network(
        inputs=tuple(map(_input, file.inputs)),
        outputs=tuple(map(_output, file.outputs)),
        activations=tuple(file.nodes),
        edges=tuple((edge.source, edge.target) for edge in file.edges),
        weights=weights or None,
        shared_weight=file.shared_weight,
        control_period_s=file.control_period_s,
        task=file.task,
        provenance=file.provenance,
        hashes={} if file.hashes is None else file.hashes.model_dump(exclude_unset=True),
    )


def _input(channel: InputDocument) -> Input:
    low, high = channel.bounds
    return Input(
        name=channel.name,
        unit=channel.unit,
        low=low,
        high=high,
        offset=channel.offset,
        scale=channel.scale,
    )


def _output(channel: OutputDocument) -> Output:
    low, high = channel.bounds
    return Output(
        name=channel.name,
        unit=channel.unit,
        low=low,
        high=high,
        safe=channel.safe,
        offset=channel.offset,
        scale=channel.scale,
        choice=channel.choice,
        selects=channel.selects,
    )


def _layout(key: str, value: object) -> str:
    """Put each input, output and node on a line, and the edges into a node on one line."""
    if not isinstance(value, list):
        return json_text(value, indent=2).replace("\n", "\n  ")
    groups = groupby(value, itemgetter(1)) if key == "edges" else ((None, [x]) for x in value)
    rows = [", ".join(map(json_text, items)) for _, items in groups]
    return "[\n    " + ",\n    ".join(rows) + "\n  ]" if rows else "[]"
