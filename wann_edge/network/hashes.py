"""What a network and its contract are known by: the first bytes of SHA-256 sums."""

from __future__ import annotations

import hashlib
import json

from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.network.fixed_network import FixedNetwork

HASH_BYTES = 8
_CONTRACT = ("inputs", "outputs", "control_period_s")


def network_hash(network: Network) -> bytes:
    """8 bytes that are others when anything that is computed is another.

    SHA-256 of the network's file as JSON without spaces, keys sorted, without provenance
    and dead nodes; in fixed point with the formats.
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
    """8 bytes of the inputs, the outputs and the control period alone."""
    document = network_file.to_document(network)
    return _hash({key: document[key] for key in _CONTRACT})


def _hash(document: dict[str, object]) -> bytes:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).digest()[:HASH_BYTES]
