"""The Python interface to the compiled kernel.

The search and the exported headers run the same C: network.h and activations.h beside this
file. This package packs networks, runs them over batches or whole episodes in lanes, and
steps the native plants.
"""

from wann_edge.kernel.activations import ACTIVATIONS, Activation
from wann_edge.kernel.arrays import Floats, Integers
from wann_edge.kernel.disturbance import AGE_ROOM, Disturbance
from wann_edge.kernel.fixed_program import FixedProgram, Shifts, activate_fixed
from wann_edge.kernel.library import activation_names, lanes, plant_names, supported_lanes
from wann_edge.kernel.links import Link, Links
from wann_edge.kernel.packed import PackedContract, Wires
from wann_edge.kernel.plant import Plant, plant
from wann_edge.kernel.program import Program, Rules, activate, rollouts_of

__all__ = [
    "ACTIVATIONS",
    "AGE_ROOM",
    "Activation",
    "Disturbance",
    "FixedProgram",
    "Floats",
    "Integers",
    "Link",
    "Links",
    "PackedContract",
    "Plant",
    "Program",
    "Rules",
    "Shifts",
    "Wires",
    "activate",
    "activate_fixed",
    "activation_names",
    "lanes",
    "plant",
    "plant_names",
    "rollouts_of",
    "supported_lanes",
]
