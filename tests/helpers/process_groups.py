"""The processes of a group, from Linux's /proc."""

from __future__ import annotations

import re
from pathlib import Path


def living(group: int) -> list[Path]:
    """Return the folders of the processes that have not ended."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = status.read_text().rpartition(")")[2].split()[:3]
        except OSError:  # It has just ended.
            continue
        if int(its_group) == group and state != "Z":
            found.append(status.parent)
    return found


def withstands(process: Path, number: int) -> bool:
    """Return whether a process blocks, ignores or handles a signal."""
    masks = re.findall(r"^Sig(?:Blk|Ign|Cgt):\s(\w+)$", (process / "status").read_text(), re.M)
    return any(int(mask, 16) >> (number - 1) & 1 for mask in masks)
