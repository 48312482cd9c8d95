"""Tuning of weights: of one network, of a front, and on redrawn episodes. See docs/tuning.md."""

from wann_edge.tune.core import Tuned
from wann_edge.tune.one_network import tune

__all__ = ["Tuned", "tune"]
