"""Proof: exported artefacts run, and their results are compared with the kernel's.

inputs.py makes the observations; host_target.py, onnx_target.py and emulated/ build and run
artefacts; compare.py compares; emulated/measured_cost.py measures flash, RAM and instructions.
"""

from wann_edge.verify.outcome import Artefact, Check, Loop, Target, Verification
from wann_edge.verify.proof import prove

__all__ = ["Artefact", "Check", "Loop", "Target", "Verification", "prove"]
