"""What is verified: a network as the exporter writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from wann_edge.network import Network
from wann_edge.registry import load

if TYPE_CHECKING:
    from wann_edge.exporters import Exporter


def exported(network: Network, format: str, name: str) -> bytes:
    """The bytes of a format of one file. Raises ExportError as the exporter does."""
    exporter = cast("type[Exporter]", load("exporters", format))()
    return exporter.files(network, name)[f"{name}{exporter.suffix}"]
