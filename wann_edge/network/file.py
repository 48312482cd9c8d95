"""The network file: a Network as versioned JSON, exact to the bit. See docs/network-file.md."""

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
    """The network as its file holds it: plain values for JSON, each number the shortest decimal.

    Raises NetworkError where the provenance holds what JSON can't.
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
    """The text of the network's file; the same for the same network and provenance.

    Raises NetworkError where the provenance holds what JSON can't.
    """
    document = to_document(network)
    fields = [f"  {_json(key)}: {_layout(key, value)}" for key, value in document.items()]
    return "{\n" + ",\n".join(fields) + "\n}\n"


def save(network: Network, path: Path) -> None:
    """Writes the network's file, whole or not at all.

    Raises NetworkError where the provenance holds what JSON can't or the file is
    larger than ``load`` reads, SettingsError where the place can't be written to.
    """
    with located(str(path)):
        content = to_json(network).encode()
        check_size(content)
    write_whole(path, content)


def from_json(text: str, where: str = "network file") -> Network:
    """The network that a file's text holds; decimals are rounded to the nearest float32.

    where: what an error names as the text's place. Raises NetworkError on any fault.
    """
    with located(where):
        return from_document(parse_json(text))


def from_document(document: object) -> Network:
    """The network of a file's JSON as plain values. Raises NetworkError on any fault."""
    return _network(_read(document))


def load(path: Path) -> Network:
    """Reads a network's file. Raises NetworkError on any fault, its place named."""
    with located(str(path)):
        return from_document(parse_json(read_text(path)))


def _nearest(value: float) -> float:
    with np.errstate(over="ignore"):
        nearest = float32(value)
    if math.isinf(nearest):
        raise PydanticCustomError("float32", "is beyond the range of float32")
    return nearest


def _shortest(value: float) -> float:
    """The float64 whose decimal is the shortest that reads back to this float32.

    Reading rounds twice, to float64 and then to float32. Of all float32 only
    7.038531e-26 and its negative would come back as a neighbour; nine digits always do.
    """
    shortest = float(str(np.float32(value)))
    return shortest if float32(shortest) == value else float(f"{value:.9g}")


def _plain(value: dict[str, object]) -> dict[str, object]:
    """What a reader of the file will find: tuples become lists."""
    try:
        text = _json(value)
        text.encode()
        parse_json(text)
    except (TypeError, ValueError, RecursionError, NetworkError) as error:
        reason = {"reason": short(str(error))}
        raise PydanticCustomError("json", "holds what JSON can't: {reason}", reason) from error
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
        """Low and high, infinite where there is none."""
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


class _File(_Strict):
    format: str
    version: int
    task: str | None
    control_period_s: Number | None
    shared_weight: Number
    # Only the first fault is reported, and a million would be slow to collect.
    inputs: Annotated[list[_Input], FailFast(), Field(max_length=MAX_NODES)]
    outputs: Annotated[list[_Output], FailFast(), Field(max_length=MAX_NODES)]
    nodes: Annotated[list[str], FailFast(), Field(max_length=MAX_NODES)]
    edges: Annotated[list[_Edge], FailFast(), Field(max_length=MAX_EDGES)]
    provenance: Annotated[dict[str, object], AfterValidator(_plain)]


def _read(document: object) -> _File:
    _check_header(document)
    try:
        return _File.model_validate(document)
    except ValidationError as error:
        raise _first_fault(error) from None  # the whole list may have thousands of lines


def _check_header(document: object) -> None:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NetworkError("not a network file", remedy=f'its "format" would be "{FORMAT}"')
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        found = version if type(version) is int else "missing or not a whole number"
        raise NetworkError(
            f"the version is {found}",
            where="version",
            remedy=f"this release reads version {VERSION}",
        )


def _first_fault(error: ValidationError) -> NetworkError:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    known = {"missing": "missing", "extra_forbidden": "unknown key"}
    what = known.get(fault["type"], fault["msg"].removeprefix("Input "))
    return NetworkError(what, where=_place(fault["loc"]))


def _place(parts: Sequence[int | str]) -> str:
    """("inputs", 0, "low") as inputs[0].low; a hostile key is escaped and cut."""
    steps = (
        f"[{part}]" if isinstance(part, int) else f".{ascii(part)[1:-1][:40]}" for part in parts
    )
    return "".join(steps).removeprefix(".")


def _network(file: _File) -> Network:
    weights = tuple(edge.weight for edge in file.edges if edge.weight is not None)
    if weights and len(weights) < len(file.edges):
        raise NetworkError("some have a weight and some have none", where="edges")
    return Network(
        inputs=tuple(Input(c.name, c.unit, *c.bounds, c.offset, c.scale) for c in file.inputs),
        outputs=tuple(Output(c.name, c.unit, *c.bounds, c.safe) for c in file.outputs),
        activations=tuple(file.nodes),
        edges=tuple((edge.source, edge.target) for edge in file.edges),
        weights=weights or None,
        shared_weight=file.shared_weight,
        control_period_s=file.control_period_s,
        task=file.task,
        provenance=file.provenance,
    )


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
    """A line for each input, output and node, and one for the edges into each node."""
    if not isinstance(value, list):
        return _json(value, indent=2).replace("\n", "\n  ")
    groups = groupby(value, itemgetter(1)) if key == "edges" else ((None, [x]) for x in value)
    rows = [", ".join(map(_json, items)) for _, items in groups]
    return "[\n    " + ",\n    ".join(rows) + "\n  ]" if rows else "[]"
