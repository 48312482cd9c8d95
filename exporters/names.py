"""What every format demands of the name it is exported under, and of the numbers within."""

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


def check_name(name: str, language: str, keywords: Collection[str]) -> None:
    """Raises ExportError unless the name is an identifier of the language, and free.

    Letters, digits and underscores of ASCII, a letter first: identifiers in every
    language, and names of files on every system.
    """
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) is None:
        fault = "is not an identifier that begins with a letter"
    elif len(name) > LONGEST:
        fault = f"is longer than {LONGEST} characters"
    elif name in keywords:
        fault = f"is a reserved name of {language}"
    elif f"{name}_".lower().startswith("wann_"):
        fault = "would clash with the kernel's own names"
    else:
        return
    raise ExportError(f"{name[:60]!r} {fault}", where="name", remedy="choose another name")


def check_numbers(network: Network, exporter: Exporter, format: str) -> None:
    """Raises ExportError where the network computes in numbers that the format has not."""
    given = "fixed" if isinstance(network, FixedNetwork) else "float"
    if given in exporter.numbers:
        return
    if isinstance(network, FixedNetwork):
        raise ExportError(
            "the format is in floats",
            where=f"{format}, {network.dtype}",
            remedy="use --dtype float, or a format in fixed point such as c",
        )
    raise ExportError(
        "the format is in fixed point",
        where=f"{format}, float",
        remedy="use --dtype q15, q31 or auto (in Python in_fixed_point), or --format c",
    )
