"""The kernel's own C text, cut into the blocks that exported code carries.

A block stands between ``/* wann:begin NAME */`` and ``/* wann:end */`` in the
kernel's headers, and is shipped as it stands there.
"""

from __future__ import annotations

import re
import zlib
from functools import cache
from importlib.resources import files

# In the order in which the kernel includes them: a block names only what stands before it.
_HEADERS = (
    *("real.h", "activations.h", "network.h"),
    *("words.h", "q15.h", "q31.h", "fixed.h"),
)
_BLOCK = re.compile(r"/\* wann:begin (\w+) \*/\n(.*?)/\* wann:end \*/\n", re.DOTALL)
_DEFINED = re.compile(r"(?:#define|typedef \w+|static \w+ \w+) (wann_\w+)")
_NAMED = re.compile(r"\bwann_\w+")


@cache
def blocks() -> dict[str, str]:
    """All blocks, name to text, in the kernel's order."""
    folder = files("wann_edge.kernel")
    return dict(
        block
        for header in _HEADERS
        for block in _BLOCK.findall(folder.joinpath(header).read_text("ascii"))
    )


def needed_by(code: str) -> list[str]:
    """The blocks that define what ``code`` names, and what these name, in the kernel's order."""
    named = set(_NAMED.findall(code))
    needed: list[str] = []
    for name, text in reversed(blocks().items()):
        if not named.isdisjoint(_DEFINED.findall(text)):
            named.update(_NAMED.findall(text))
            needed.insert(0, name)
    return needed


def shipped(name: str) -> str:
    """A block in a guard, so that headers which carry the same text meet in one source.

    Headers that carry different texts of a block do not compile together: one would
    run code that it was not verified with.
    """
    text = blocks()[name]
    guard, version = f"WANN_TEXT_{name.upper()}", f"0x{zlib.crc32(text.encode()):08x}"
    return (
        f"#ifndef {guard}\n#define {guard} {version}\n{text}#elif {guard} != {version}\n"
        '#error "wann-edge: two headers carry different kernels; export both with one version"\n'
        "#endif\n"
    )
