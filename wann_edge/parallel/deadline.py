"""The deadline of work in an engine."""

from __future__ import annotations

import time
from typing import NamedTuple


class Deadline(NamedTuple):
    """A deadline.

    Attributes:
        deadline_s: by ``time.monotonic``, or None.
        grace_s: how long work that has begun is waited for after it.
    """

    deadline_s: float | None
    grace_s: float

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline_s is not None and time.monotonic() >= self.deadline_s

    @property
    def left_s(self) -> float | None:
        """The time to wait for work that has begun; None without a deadline."""
        if self.deadline_s is None:
            return None
        return max(0.0, self.deadline_s + self.grace_s - time.monotonic())
