"""Percentages in the text of options."""

from __future__ import annotations

import re

_PERCENT = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)%", re.ASCII)


def parse_percent(text: str) -> float | None:
    """Return the share that a text such as ``2.5%`` gives: 0.025; None for any other text."""
    match = _PERCENT.fullmatch(text)
    return None if match is None else float(match[1]) / 100
