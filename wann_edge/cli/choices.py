"""The names that help texts list.

Where a registry is too slow to import for ``--help``, this is a copy of its names, and
tests/cli/test_choices.py holds the two equal.
"""

from __future__ import annotations

from wann_edge.exporters.firmware.boards import board_names, emulated_board_names
from wann_edge.system.cores import core_names

PRESETS = ("fast", "slow", "diverse", "paper")
COMPLEXITIES = ("connections", "nodes", "instructions:CORE", "flash_bytes:CORE")
SCALES = ("none", "bounds", "auto")
MODES = ("random-weights", "random-shared", "tuned-shared", "tuned-weights")
DTYPES = ("float", "q15", "q31", "auto")
ENGINES = ("kernel", "onnxruntime", "c")
BASELINES = ("linear", "pid", "lqr", "energy", "dense")
CORES = core_names()
EMULATED_BOARDS = emulated_board_names()
BOARDS = board_names()
FAULTS = (
    "shared-weight",
    "weight-drift",
    "weight-noise",
    "weight-bits",
    "word-bits",
    "weight-flip",
    "constant-flip",
    "result-flip",
    "result-stuck",
    "dead-connection",
    "dead-node",
)
LINK_FAULTS = ("drop=1%", "corrupt=1%", "duplicate=1%", "delay=1%:30ms", "reset=1000")


def listed(names: tuple[str, ...]) -> str:
    """Join names as a sentence does: "a, b or c"."""
    return f"{', '.join(names[:-1])} or {names[-1]}"
