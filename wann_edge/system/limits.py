"""Limits: how far work with two possible ends has come."""

from __future__ import annotations


def share_done(done: int, limit: int | None, elapsed_s: float, time_limit_s: float | None) -> float:
    """0 to 1, by whichever limit is nearer; 0 where there is none."""
    shares = [0.0]
    if limit is not None:
        shares.append(done / limit)
    if time_limit_s is not None:
        shares.append(elapsed_s / time_limit_s)
    return min(1.0, max(shares))
