"""Checks that all exporters make: the name of the artefact, and floats or fixed point."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from wann_edge.errors import ExportError
from wann_edge.network import Network
from wann_edge.network.fixed_network import FixedNetwork

if TYPE_CHECKING:
    from wann_edge.exporters import Exporter

# File names and identifiers of this length are safe everywhere.
LONGEST = 48
# Windows has no files of these names, whatever their extension.
DEVICES = {"aux", "con", "nul", "prn", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


def check_name(name: str, language: str, keywords: Collection[str]) -> None:
    """Check that a name is an identifier of a language, and not a reserved one in any case.

    Some file systems ignore case, so Time.h can hide time.h.

    ASCII letters, digits and underscores with a letter first are identifiers in every language
    and file names on every system.

    Args:
        name: the name of the artefact.
        language: the name of the language, for the error message.
        keywords: the reserved names of the language.

    Raises:
        ExportError: the name is not valid.
    """
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) is None:
        fault = "is not an identifier that begins with a letter"
    elif len(name) > LONGEST:
        fault = f"is longer than {LONGEST} characters"
    elif name.lower() in {keyword.lower() for keyword in keywords}:
        fault = f"is a reserved name of {language}"
    elif name.lower() in DEVICES:
        fault = "is not a file name on Windows"
    elif f"{name}_".lower().startswith("wann_"):
        fault = "would clash with the kernel's own names"
    else:
        return
    raise ExportError(f"{name[:60]!r} {fault}", where="name", remedy="choose another name")


def check_numbers(network: Network, exporter: Exporter, format: str) -> None:
    """Check that a format accepts the network's kind of numbers.

    Args:
        network: a network in floats or in fixed point.
        exporter: the format's exporter.
        format: the format's registered name.

    Raises:
        ExportError: the format does not accept floats, or does not accept fixed point.
    """
    given = "fixed" if isinstance(network, FixedNetwork) else "float"
    if given in exporter.numbers:
        return
    if isinstance(network, FixedNetwork):
        raise ExportError(
            "the format cannot hold a fixed-point network",
            where=f"{format}, {network.dtype}",
            remedy="use --dtype float, or a format in fixed point such as c",
        )
    raise ExportError(
        "the format cannot hold a network in floats",
        where=f"{format}, float",
        remedy="use --dtype q15, q31 or auto (in Python in_fixed_point), or --format c",
    )
