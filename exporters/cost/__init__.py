"""What a C header costs on a core: flash and instructions, estimated without a compiler."""

from wann_edge.exporters.cost.estimator import Estimate, estimate

__all__ = ["Estimate", "estimate"]
