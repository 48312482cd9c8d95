"""Proof: an exported artefact runs, and its results are held against the kernel's."""
