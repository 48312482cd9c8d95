"""The C text that defines a plant, without comments and without what all plants share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from wann_edge.errors import TaskError
from wann_edge.kernel.compiled_plant import PLANTS, linked
from wann_edge.system.compiler import compile_c, host_compiler

_SHARED = "plant.h"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INCLUDE = re.compile(r'#include "(\w+\.h)"')
# The compiler's note on where the following lines are from; the flag 3 marks a system header.
_MARKER = re.compile(r'# \d+ "(.*)"([ \d]*)$')


@cache
def native_text(name: str) -> str:
    """Return the text of a native plant: its header, and those that it includes."""
    return _normal("".join(_headers(f"{name.replace('-', '_')}.h", set())))


def _headers(name: str, seen: set[str]) -> list[str]:
    if name == _SHARED or name in seen:
        return []
    seen.add(name)
    text = _COMMENT.sub(" ", (PLANTS / name).read_text("ascii"))
    included = [part for other in _INCLUDE.findall(text) for part in _headers(other, seen)]
    return [*included, text]


def file_text(path: Path) -> str:
    """Return the preprocessed text of a C file and of its own headers.

    Headers of the system and of the kernel are left out: they differ between machines and versions.

    Raises:
        TaskError: the file does not compile.
    """
    with linked(path) as link:
        made, own = link.with_name("plant.i"), path.resolve().parent
        command = [
            *(*host_compiler(), "-E", "-std=c99", "-DWANN_LANES=1", f"-iquote{own}"),
            *(f"-I{PLANTS}", "-o", str(made), str(link)),
        ]
        messages = compile_c(command)
        if messages:
            raise TaskError(
                "can't be preprocessed",
                where=str(path),
                remedy="correct what the compiler reports",
                details=messages,
            )
        return _normal("\n".join(_own_lines(made.read_text(errors="replace"))))


def _own_lines(text: str) -> Iterator[str]:
    """Yield the lines that come neither from a system header nor from the kernel."""
    is_own = True
    for line in text.splitlines():
        marker = _MARKER.match(line)
        if marker:
            file, flags = marker.groups()
            is_own = "3" not in flags and not file.startswith(str(PLANTS.parent))
        elif is_own:
            yield line


def _normal(text: str) -> str:
    """Return the text with one space between words, so that the layout does not count."""
    return " ".join(text.split())
