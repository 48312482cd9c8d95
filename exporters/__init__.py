"""Exporters: each turns a network into the text or bytes of one format.

An exporter knows no disk: its caller writes what it gives.
"""

from __future__ import annotations

from typing import Protocol, cast

from wann_edge.network import Network
from wann_edge.registry import load


class Exporter(Protocol):
    """One format. suffix: how its files end, dot included."""

    suffix: str

    def export(self, network: Network, name: str) -> bytes:
        """The artefact's bytes: the same for the same network and name.

        name: an identifier that the artefact's own names start with.
        Raises ExportError when the network can't be written in this format.
        """
        ...


def export(network: Network, format: str, name: str = "policy") -> bytes:
    """The network in a registered format ("c", "onnx"): the artefact's bytes.

    Raises SettingsError on an unknown format, ExportError as the format does.
    """
    exporter = cast("type[Exporter]", load("exporters", format))()
    return exporter.export(network, name)
