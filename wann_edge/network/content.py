"""The content of a network file as plain values, and the first fault of a document."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pydantic import ValidationError

from wann_edge.errors import NetworkError
from wann_edge.network import Input, Network, Output
from wann_edge.network.channels import plain_fields
from wann_edge.network.document import ContractDocument, NetworkDocument

FORMAT = "wann-edge network"
VERSION = 1


def content(network: Network) -> dict[str, object]:
    """Return the content of a network's file without its hashes.

    Raises:
        NetworkError: JSON cannot hold the provenance.
    """
    return read_document(
        {
            "format": FORMAT,
            "version": VERSION,
            "task": network.task,
            "shared_weight": network.shared_weight,
            **_contract(network),
            "nodes": list(network.activations),
            "edges": _edges(network),
            "provenance": dict(network.provenance),
        }
    ).model_dump(exclude_unset=True)


def contract_content(network: Network) -> dict[str, object]:
    """Return the part of the content that is the contract."""
    return ContractDocument.model_validate(_contract(network)).model_dump(exclude_unset=True)


def _contract(network: Network) -> dict[str, object]:
    return {
        "control_period_s": network.control_period_s,
        "inputs": [_channel(channel) for channel in network.inputs],
        "outputs": [_channel(channel) for channel in network.outputs],
    }


def read_document(document: object, context: str | None = None) -> NetworkDocument:
    """Check a document against the schema; raises NetworkError for its first fault."""
    _check_header(document)
    try:
        return NetworkDocument.model_validate(document, context=context)
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


def _channel(channel: Input | Output) -> dict[str, object]:
    unbounded = {
        "low": None if channel.low == -math.inf else channel.low,
        "high": None if channel.high == math.inf else channel.high,
    }
    return {**plain_fields(channel), **unbounded}


def _edges(network: Network) -> list[list[float]]:
    if network.weights is None:
        return [[source, target] for source, target in network.edges]
    return [[*edge, weight] for edge, weight in zip(network.edges, network.weights, strict=True)]
