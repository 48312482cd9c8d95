"""Clean text that comes from outside for the terminal."""

from __future__ import annotations


def clean(text: str) -> str:
    """Return the text with an escape, such as \\x1b, for each character that is not printable.

    Files and devices can contain characters that move the cursor, rename the window or reverse
    the direction of writing. Line ends and tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
