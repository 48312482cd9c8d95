"""Tuning of weights: of one network, of a front, and on redrawn episodes. See docs/tuning.md."""

from wann_edge.tune.one_network import Tuned, tune

__all__ = ["Tuned", "tune"]
