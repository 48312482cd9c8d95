"""Folders around the C header that are run by the host's gcc: PlatformIO and Zephyr.

What belongs to their build systems has tests of its own: test_format_platformio.py and
test_format_zephyr.py.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from helpers.format_runners.arduino import NAMES
from helpers.format_runners.c import BuiltHeader, C, tampered_header
from wann_edge.exporters import Files
from wann_edge.exporters.c.text import HEADERS, KEYWORDS


class HeaderIn:
    """A folder whose header is the path that ends so, with the name before."""

    tolerance = 0.0
    most_rows = C.most_rows

    def __init__(self, keywords: Collection[str]) -> None:
        self.keywords = keywords

    def require(self) -> None:
        """gcc."""
        C.require()

    def build(self, files: Files, name: str, workdir: Path) -> BuiltHeader:
        """The header, as a C header of its own is built."""
        path = _header(files)
        assert Path(path).name == f"{name}.h"
        return C.build({f"{name}.h": files[path]}, name, workdir)

    def tampered(self, files: Files) -> Files:
        """In the header."""
        path = _header(files)
        return {**files, **tampered_header({path: files[path]})}


def _header(files: Files) -> str:
    (path,) = (path for path in files if path.endswith(".h"))
    return path


PLATFORMIO = HeaderIn(NAMES)
ZEPHYR = HeaderIn(KEYWORDS | HEADERS)
