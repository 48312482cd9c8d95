"""Proof: an exported artefact runs, and its results are held against the kernel's.

inputs.py says on what; host.py, onnx.py and emulated/ run the artefacts, compare.py judges;
cost.py measures what an artefact costs on a core.
"""

from wann_edge.verify.compare import prove
from wann_edge.verify.outcome import Artefact, Check, Loop, Target, Verification

__all__ = ["Artefact", "Check", "Loop", "Target", "Verification", "prove"]
