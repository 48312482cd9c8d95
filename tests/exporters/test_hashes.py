"""Every export holds the SHA-256 sums of its network, its contract and its task."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpers.format_networks import network_of
from helpers.parts import missing
from wann_edge import registry
from wann_edge.exporters import export_files, exporter_of
from wann_edge.exporters.firmware.project import firmware_files
from wann_edge.network import Network
from wann_edge.network.file import to_document
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.network.hashes import hashes_of
from wann_edge.system.needs import absent

RUNS = [
    (name, numbers)
    for name in registry.BUILT_IN["exporters"]
    for numbers in exporter_of(name).numbers
]
TASK = "0123456789abcdef" * 4


def stamped(numbers: str) -> Network:
    return replace(network_of("plain", numbers), task="swingup", hashes={"task": TASK})


@pytest.mark.parametrize(("format", "numbers"), RUNS, ids="-".join)
def test_each_format_holds_the_sums(format: str, numbers: str) -> None:
    for install, parts in absent(exporter_of(format).needs).items():
        missing("emu", f"not installed: {', '.join(parts)}: {install}")
    network = stamped(numbers)
    sums = hashes_of(network)
    assert sums["task"] == TASK
    content = b"".join(export_files(network, format).values())
    assert [name for name, sha256 in sums.items() if sha256.encode() not in content] == []


def test_firmware_holds_the_sums() -> None:
    network = stamped("float")
    files = firmware_files(network, "lm3s6965evb")
    texts = {path: content.decode() for path, content in files.items()}
    (header,) = (text for path, text in texts.items() if path.split("/")[-1] == "policy.h")
    assert all(sha256 in header for sha256 in hashes_of(network).values())
    (readme,) = (text for path, text in texts.items() if path.endswith("README.md"))
    assert "that of the task `swingup`" in readme


def test_a_float_export_has_the_sums_of_the_network_file() -> None:
    network = stamped("float")
    assert to_document(network)["hashes"] == hashes_of(network)
    unstamped = replace(network, hashes={})
    assert TASK.encode() not in export_files(unstamped, "c")["policy.h"]


def test_the_sum_of_a_fixed_point_network_covers_its_number_formats() -> None:
    network = stamped("fixed")
    assert isinstance(network, FixedNetwork)
    coarser = replace(network, formats=(network.formats[0], *network.formats[:-1]))
    assert hashes_of(coarser)["contract"] == hashes_of(network)["contract"]
    assert hashes_of(coarser)["network"] != hashes_of(network)["network"]
