"""Reads tables of the documentation."""

from __future__ import annotations

import re

from helpers.parts import ROOT


def table(page: str, header: str) -> dict[str, list[str]]:
    """Return the one table of a page in ``docs`` whose first line begins so.

    Args:
        page: the file's name, such as ``kernel.md``.
        header: the beginning of its header line, such as ``| name | definition``.

    Returns:
        The cells of each row but the first, by the first; without backquotes and escapes.
    """
    text = (ROOT / "docs" / page).read_text()
    assert text.count(f"\n{header}") == 1, f"{page} has one table that begins with {header}"
    lines = text.split(f"\n{header}")[1].split("\n\n")[0].splitlines()[2:]
    rows = [
        re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|")) for line in lines
    ]
    cleaned = [[cell.strip(" `").replace("\\|", "|") for cell in row] for row in rows]
    found = {row[0]: row[1:] for row in cleaned}
    assert len(found) == len(lines), f"{page}: a name stands twice in the table of {header}"
    return found
