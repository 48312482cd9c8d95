"""The names that help texts list.

Each is a copy of a registry that is too slow to import for ``--help``; tests/cli/test_choices.py
holds the two equal.
"""

from __future__ import annotations

PRESETS = ("fast", "slow", "diverse", "paper")
COMPLEXITIES = ("connections", "nodes", "instructions:CORE", "flash_bytes:CORE")
MODES = ("random-weights", "random-shared", "tuned-shared", "tuned-weights")
DTYPES = ("float", "q15", "q31", "auto")
ENGINES = ("kernel", "onnxruntime", "c")
CORES = (
    "cortex-m0plus",
    "cortex-m3",
    "cortex-m4f",
    "cortex-m7f",
    "cortex-m33f",
    "rv32imc",
    "rv32imfc",
    "avr",
    "wasm32",
)
EMULATED_BOARDS = ("lm3s6965evb", "mps2-an386", "mps2-an500", "microbit", "netduinoplus2", "virt")
BOARDS = (*EMULATED_BOARDS, "arduino", "bare")
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
