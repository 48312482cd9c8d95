"""How much is done of work that ends at a count or at a time limit."""

from __future__ import annotations


def share_done(done: int, limit: int | None, elapsed_s: float, time_limit_s: float | None) -> float:
    """Return the share that is done, 0 to 1, by the nearer limit.

    Args:
        done: how many steps are done.
        limit: how many there are at most; None for no limit.
        elapsed_s: seconds since the start.
        time_limit_s: how many seconds there are at most; None for no limit.
    """
    shares = [0.0]
    if limit is not None:
        shares.append(done / limit)
    if time_limit_s is not None:
        shares.append(elapsed_s / time_limit_s)
    return min(1.0, max(shares))
