"""Read and write network files: versioned JSON, exact to the bit. See docs/network-file.md."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    PlainSerializer,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from wann_edge.errors import NetworkError
from wann_edge.network import MAX_EDGES, MAX_NODES, Input, Network, Output, float32
from wann_edge.system.files import write_whole
from wann_edge.system.jsonfile import check_size, located, parse_json, read_text, short

FORMAT = "wann-edge network"
VERSION = 1


def to_document(network: Network) -> dict[str, object]:
    """Return the content of a network's file as plain values for JSON.

    Each number is the float64 with the shortest decimal for its float32.

    Raises:
        NetworkError: JSON cannot hold the provenance.
    """
    return _read(
        {
            "format": FORMAT,
            "version": VERSION,
            "task": network.task,
            "control_period_s": network.control_period_s,
            "shared_weight": network.shared_weight,
            "inputs": [_channel(channel) for channel in network.inputs],
            "outputs": [_channel(channel) for channel in network.outputs],
            "nodes": list(network.activations),
            "edges": _edges(network),
            "provenance": dict(network.provenance),
        }
    ).model_dump()


def to_json(network: Network) -> str:
    """Return the text of a network's file; equal for equal networks and provenances.

    Raises:
        NetworkError: JSON cannot hold the provenance.
    """
    document = to_document(network)
    fields = [f"  {_json(key)}: {_layout(key, value)}" for key, value in document.items()]
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
        return from_document(parse_json(text))


def from_document(document: object) -> Network:
    """Return the network of a file's JSON, parsed to plain values.

    Raises:
        NetworkError: the document is not a valid network file.
    """
    return _network(_read(document))


def load(path: Path) -> Network:
    """Read a network file.

    Raises:
        NetworkError: the file cannot be read or is not valid; the message names the place.
    """
    with located(str(path)):
        return from_document(parse_json(read_text(path)))


def _nearest(value: float) -> float:
    with np.errstate(over="ignore"):
        nearest = float32(value)
    if math.isinf(nearest):
        raise PydanticCustomError("float32", "is outside the range of float32")
    return nearest


def _shortest(value: float) -> float:
    """Return the float64 with the shortest decimal that reads back as this float32.

    Reading rounds twice, to float64 and then to float32. Only 7.038531e-26 and its negative
    would read back as a neighbour; they get nine digits.
    """
    shortest = float(str(np.float32(value)))
    return shortest if float32(shortest) == value else float(f"{value:.9g}")


def _plain(value: dict[str, object]) -> dict[str, object]:
    """Return what a reader of the file will find: tuples become lists."""
    try:
        text = _json(value)
        text.encode()
        parse_json(text)
    except (TypeError, ValueError, RecursionError, NetworkError) as error:
        reason = {"reason": short(str(error))}
        raise PydanticCustomError("json", "cannot be written as JSON: {reason}", reason) from error
    plain: dict[str, object] = json.loads(text)
    return plain


Number = Annotated[float, AfterValidator(_nearest), PlainSerializer(_shortest)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class _Channel(_Strict):
    name: str
    unit: str
    low: Number | None
    high: Number | None

    @property
    def bounds(self) -> tuple[float, float]:
        """The lower and the upper bound; infinite for none."""
        return (
            -math.inf if self.low is None else self.low,
            math.inf if self.high is None else self.high,
        )


class _Input(_Channel):
    offset: Number
    scale: Number


class _Output(_Channel):
    safe: Number


class _Edge(_Strict):
    source: int
    target: int
    weight: Number | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: object) -> object:
        if not isinstance(value, list) or len(value) not in (2, 3) or None in value:
            raise PydanticCustomError(
                "edge", "should be [source, target] or [source, target, weight]"
            )
        return dict(zip(("source", "target", "weight"), value, strict=False))

    @model_serializer
    def _to_list(self) -> list[float]:
        ends: list[float] = [self.source, self.target]
        return ends if self.weight is None else [*ends, _shortest(self.weight)]


class _NetworkDocument(_Strict):
    format: str
    version: int
    task: str | None
    control_period_s: Number | None
    shared_weight: Number
    # Only the first fault is reported; collecting a million would be slow.
    inputs: Annotated[list[_Input], FailFast(), Field(max_length=MAX_NODES)]
    outputs: Annotated[list[_Output], FailFast(), Field(max_length=MAX_NODES)]
    nodes: Annotated[list[str], FailFast(), Field(max_length=MAX_NODES)]
    edges: Annotated[list[_Edge], FailFast(), Field(max_length=MAX_EDGES)]
    provenance: Annotated[dict[str, object], AfterValidator(_plain)]


def _read(document: object) -> _NetworkDocument:
    _check_header(document)
    try:
        return _NetworkDocument.model_validate(document)
    except ValidationError as error:
        raise _first_fault(error) from None  # the whole list may have thousands of lines


def _check_header(document: object) -> None:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NetworkError(
            "not a network file",
            where="format",
            remedy=f'choose a file whose "format" is "{FORMAT}"',
        )
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        found = version if type(version) is int else "missing or not a whole number"
        raise NetworkError(
            f"unsupported file version: {found}",
            where="version",
            remedy=f"use a file of version {VERSION}",
        )


def _first_fault(error: ValidationError) -> NetworkError:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    known = {"missing": "missing", "extra_forbidden": "unknown key"}
    what = known.get(fault["type"], fault["msg"].removeprefix("Input "))
    return NetworkError(
        what, where=_place(fault["loc"]), remedy="docs/network-file.md describes the format"
    )


def _place(parts: Sequence[int | str]) -> str:
    """Return ("inputs", 0, "low") as inputs[0].low; keys are escaped and shortened."""
    steps = (
        f"[{part}]" if isinstance(part, int) else f".{ascii(part)[1:-1][:40]}" for part in parts
    )
    return "".join(steps).removeprefix(".")


def _network(file: _NetworkDocument) -> Network:
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
    )


def _input(channel: _Input) -> Input:
    low, high = channel.bounds
    return Input(
        name=channel.name,
        unit=channel.unit,
        low=low,
        high=high,
        offset=channel.offset,
        scale=channel.scale,
    )


def _output(channel: _Output) -> Output:
    low, high = channel.bounds
    return Output(name=channel.name, unit=channel.unit, low=low, high=high, safe=channel.safe)


def _channel(channel: Input | Output) -> dict[str, object]:
    unbounded = {
        "low": None if channel.low == -math.inf else channel.low,
        "high": None if channel.high == math.inf else channel.high,
    }
    return asdict(channel) | unbounded


def _edges(network: Network) -> list[list[float]]:
    if network.weights is None:
        return [[source, target] for source, target in network.edges]
    return [[*edge, weight] for edge, weight in zip(network.edges, network.weights, strict=True)]


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False, indent=indent)


def _layout(key: str, value: object) -> str:
    """Put each input, output and node on a line, and the edges into a node on one line."""
    if not isinstance(value, list):
        return _json(value, indent=2).replace("\n", "\n  ")
    groups = groupby(value, itemgetter(1)) if key == "edges" else ((None, [x]) for x in value)
    rows = [", ".join(map(_json, items)) for _, items in groups]
    return "[\n    " + ",\n    ".join(rows) + "\n  ]" if rows else "[]"
