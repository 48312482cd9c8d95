"""What is verified: a network as the exporter writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from wann_edge.formats import Optimize
from wann_edge.network import Network
from wann_edge.registry import load

if TYPE_CHECKING:
    from wann_edge.exporters import Exporter


def exported(network: Network, format: str, name: str, optimize: Optimize = "size") -> bytes:
    """The bytes of a format of one file. Raises ExportError as the exporter does.

    optimize: what a C header is exported for; other formats know no such choice.
    """
    exporter = cast("type[Exporter]", load("exporters", format))()
    if hasattr(exporter, "optimized"):
        exporter = exporter.optimized(optimize)
    return exporter.files(network, name)[f"{name}{exporter.suffix}"]
