"""The kernel's C text, cut into the blocks that exported code contains.

In the kernel's headers a block stands between ``/* wann:begin NAME */`` and
``/* wann:end */``; exports contain it unchanged.
"""

from __future__ import annotations

import re
import zlib
from functools import cache
from importlib.resources import files

# In the order of inclusion: a block uses only names of earlier blocks.
_HEADERS = (
    *("real.h", "activations.h", "network.h"),
    *("words.h", "q15.h", "q31.h", "fixed.h"),
)
_BLOCK = re.compile(r"/\* wann:begin (\w+) \*/\n(.*?)/\* wann:end \*/\n", re.DOTALL)
_DEFINED = re.compile(r"(?:#define|typedef \w+|static \w+ \w+) (wann_\w+)")
_NAMED = re.compile(r"\bwann_\w+")


@cache
def blocks() -> dict[str, str]:
    """Return the text of all blocks by name, in the kernel's order."""
    folder = files("wann_edge.kernel")
    return dict(
        block
        for header in _HEADERS
        for block in _BLOCK.findall(folder.joinpath(header).read_text("ascii"))
    )


def needed_by(code: str) -> list[str]:
    """Return the blocks that ``code`` needs, directly or through others, in the kernel's order."""
    named = set(_NAMED.findall(code))
    needed: list[str] = []
    for name, text in reversed(blocks().items()):
        if not named.isdisjoint(_DEFINED.findall(text)):
            named.update(_NAMED.findall(text))
            needed.insert(0, name)
    return needed


def shipped(name: str) -> str:
    """Return a block in an include guard, so that one source can include several headers.

    Headers with different texts of a block do not compile together: one of them would run
    code that it was not verified with.
    """
    text = blocks()[name]
    guard, version = f"WANN_TEXT_{name.upper()}", f"0x{zlib.crc32(text.encode()):08x}"
    return (
        f"#ifndef {guard}\n#define {guard} {version}\n{text}#elif {guard} != {version}\n"
        '#error "wann-edge: two headers carry different kernels; export both with one version"\n'
        "#endif\n"
    )
