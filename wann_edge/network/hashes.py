"""Hashes that identify a network and its contract: the first bytes of SHA-256 sums."""

from __future__ import annotations

import hashlib
import json

from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.network.fixed_network import FixedNetwork

HASH_BYTES = 8
_CONTRACT = ("inputs", "outputs", "control_period_s")


def network_hash(network: Network) -> bytes:
    """Return 8 bytes that differ when two networks compute anything differently.

    They begin the SHA-256 of the network file as JSON with sorted keys and no spaces, without
    provenance and dead nodes; fixed-point networks add their number formats.
    """
    document = network_file.to_document(network.without_dead_nodes())
    del document["provenance"]
    if isinstance(network, FixedNetwork):
        document["fixed_point"] = [
            *(network.dtype, list(network.input_bits), network.weight_bits),
            [list(format) for format in network.formats],
        ]
    return _hash(document)


def contract_hash(network: Network) -> bytes:
    """Return 8 bytes that identify the inputs, the outputs and the control period."""
    document = network_file.to_document(network)
    return _hash({key: document[key] for key in _CONTRACT})


def _hash(document: dict[str, object]) -> bytes:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).digest()[:HASH_BYTES]
