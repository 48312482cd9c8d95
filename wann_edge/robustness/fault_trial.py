"""The episodes of one faulty network."""

from __future__ import annotations

from typing import NamedTuple

from wann_edge.kernel import Floats
from wann_edge.task.held import Flags


class FaultTrial(NamedTuple):
    """The episodes of one faulty network.

    Attributes:
        returns: float32 [episodes].
        held: bool [episodes], which are held; None without a rule.
    """

    returns: Floats
    held: Flags | None
