"""Errors for devices that refuse a request, reply wrongly, or run another network."""

from __future__ import annotations

from wann_edge.errors import LinkError
from wann_edge.hil.messages import VERSION, Hello, Kind, Reply, Status
from wann_edge.network import Network
from wann_edge.network.hashes import contract_hash, network_hash


def refusal(reply: Reply) -> LinkError:
    """Return the error for a reply that is not the answer."""
    if reply.status == Status.SELFTEST_FAILED:
        return LinkError(
            "it refuses to act because its self-test failed",
            where="device",
            remedy="build the firmware with another compiler or other flags: its bits differ",
        )
    if reply.version != VERSION:
        return LinkError(
            f"protocol version {reply.version}, where this release uses {VERSION}",
            where="device",
            remedy="build and load its firmware with this release",
        )
    if reply.status == Status.OK:
        return LinkError(
            f"its reply to {Kind(reply.kind).name.lower()} has a wrong length or content: "
            f"{len(reply.payload)} bytes",
            where="device",
            remedy="build and load its firmware with this release",
        )
    known = {status.value: status.name.lower().replace("_", " ") for status in Status}
    what = known.get(reply.status, f"status {reply.status}")
    return LinkError(
        f"it refuses a request: {what}",
        where="device",
        remedy="build and load its firmware with this release",
    )


def check_identity(hello: Hello, network: Network, dtype: str) -> None:
    """Raise LinkError unless the device runs this network."""
    if hello.network == network_hash(network):
        return
    remedy = "build and load the firmware of this file, or name the file it was built from"
    if hello.dtype != dtype:
        what = f"the device computes in {hello.dtype}, not in {dtype}"
    elif hello.contract != contract_hash(network):
        what = "the device has another contract: its inputs, outputs or control period differ"
    else:
        mine, theirs = network_hash(network).hex(), hello.network.hex()
        what = f"the device runs another network: {theirs}, not {mine}"
    raise LinkError(what, where=hello.build, remedy=remedy)
