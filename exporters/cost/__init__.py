"""Estimate flash and instructions of a C header on a core, without a compiler."""

from wann_edge.exporters.cost.estimator import Estimate, estimate

__all__ = ["Estimate", "estimate"]
