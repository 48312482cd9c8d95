"""SHA-256 sums that identify a network and its contract."""

from __future__ import annotations

import hashlib
import json

from wann_edge.network import Network
from wann_edge.network.content import content, contract_content
from wann_edge.network.fixed_network import FixedNetwork

# What frames and captures hold of a sum: its first bytes.
HASH_BYTES = 8


def hashes_of(network: Network) -> dict[str, str]:
    """Return the SHA-256 of the network, its contract and, if it is known, its task."""
    found = {"network": network_sha256(network), "contract": contract_sha256(network)}
    return {**found, "task": network.hashes["task"]} if "task" in network.hashes else found


def network_sha256(network: Network) -> str:
    """Return 64 hexadecimal digits that differ when two networks compute anything differently.

    They are the SHA-256 of the network file as JSON with sorted keys and no spaces, without
    hashes, provenance and dead nodes; fixed-point networks add their number formats.
    """
    document = content(network.without_dead_nodes())
    del document["provenance"]
    if isinstance(network, FixedNetwork):
        document["fixed_point"] = [
            *(network.dtype, list(network.input_bits), network.weight_bits),
            [list(format) for format in network.formats],
        ]
    return _sha256(document)


def contract_sha256(network: Network) -> str:
    """Return 64 hexadecimal digits that identify inputs, outputs and control period."""
    return _sha256(contract_content(network))


def network_hash(network: Network) -> bytes:
    """Return the first 8 bytes of the network's SHA-256."""
    return bytes.fromhex(network_sha256(network))[:HASH_BYTES]


def contract_hash(network: Network) -> bytes:
    """Return the first 8 bytes of the contract's SHA-256."""
    return bytes.fromhex(contract_sha256(network))[:HASH_BYTES]


def _sha256(document: dict[str, object]) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
