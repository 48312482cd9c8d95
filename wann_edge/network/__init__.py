"""Networks: topology, inputs and outputs, network file, fixed point."""

from wann_edge.network.channels import LARGEST, Input, Output, float32, named_channels
from wann_edge.network.topology import (
    MAX_EDGES,
    MAX_NODES,
    Network,
    with_single_weights,
)

__all__ = [
    "LARGEST",
    "MAX_EDGES",
    "MAX_NODES",
    "Input",
    "Network",
    "Output",
    "float32",
    "named_channels",
    "with_single_weights",
]
