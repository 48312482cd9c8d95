"""The schema of network files, and how their numbers are read and written."""

from __future__ import annotations

import json
import math
import re
from typing import Annotated, cast

import numpy as np
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    PlainSerializer,
    ValidationInfo,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from wann_edge.errors import NetworkError
from wann_edge.network import MAX_EDGES, MAX_NODES, float32
from wann_edge.system.jsonfile import parse_json, short

# The context in which a document that was parsed from JSON is validated.
PARSED = "parsed"


def json_text(value: object, indent: int | None = None) -> str:
    """Return a value as JSON; ValueError if JSON cannot hold it."""
    return json.dumps(value, allow_nan=False, ensure_ascii=False, indent=indent)


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


def _plain(value: dict[str, object], info: ValidationInfo) -> dict[str, object]:
    """Return what a reader of the file will find: tuples become lists.

    A large provenance takes long to parse: the values of a file are known to be plain.
    """
    plain: object = value
    try:
        text = json_text(value)
        text.encode()
        if info.context != PARSED:
            plain = parse_json(text)
    except (TypeError, ValueError, RecursionError, NetworkError) as error:
        reason = {"reason": short(str(error))}
        raise PydanticCustomError("json", "cannot be written as JSON: {reason}", reason) from error
    return cast("dict[str, object]", plain)


def _digits(value: str) -> str:
    if re.fullmatch("[0-9a-f]{64}", value) is None:
        raise PydanticCustomError("sha256", "is not a SHA-256 of 64 hexadecimal digits")
    return value


Sha256 = Annotated[str, AfterValidator(_digits)]
Number = Annotated[float, AfterValidator(_nearest), PlainSerializer(_shortest)]


class _Strict(BaseModel):
    """A part of the file, without conversions, unknown keys, infinity and NaN."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class ChannelDocument(_Strict):
    """What inputs and outputs have in common; null for an absent bound."""

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


class InputDocument(ChannelDocument):
    """An input."""

    offset: Number
    scale: Number


class OutputDocument(ChannelDocument):
    """An output; ``plain_fields`` tells which fields a file leaves out."""

    safe: Number
    offset: Number = 0.0
    scale: Number = 1.0
    choice: str = ""
    selects: int = Field(0, ge=-(2**63), lt=2**63)


class EdgeDocument(_Strict):
    """An edge, which the file holds as a list of its ends and, if it has one, its weight."""

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


# Only the first fault is reported; collecting a million would be slow.
Inputs = Annotated[list[InputDocument], FailFast(), Field(max_length=MAX_NODES)]
Outputs = Annotated[list[OutputDocument], FailFast(), Field(max_length=MAX_NODES)]


class ContractDocument(_Strict):
    """The control period, the inputs and the outputs."""

    control_period_s: Number | None
    inputs: Inputs
    outputs: Outputs


class HashesDocument(_Strict):
    """SHA-256 sums of the network, its contract and its task."""

    network: Sha256
    contract: Sha256
    task: Sha256 = ""


class NetworkDocument(_Strict):
    """The whole file."""

    format: str
    version: int
    task: str | None
    control_period_s: Number | None
    shared_weight: Number
    inputs: Inputs
    outputs: Outputs
    nodes: Annotated[list[str], FailFast(), Field(max_length=MAX_NODES)]
    edges: Annotated[list[EdgeDocument], FailFast(), Field(max_length=MAX_EDGES)]
    hashes: HashesDocument | None = None
    provenance: Annotated[dict[str, object], AfterValidator(_plain)]
