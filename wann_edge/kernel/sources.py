"""The hash of the kernel's C sources.

``setup.py`` runs this file before anything is installed, so it imports the standard library alone.
"""

from __future__ import annotations

import hashlib
from pathlib import Path


def sources_hash(folder: Path) -> str:
    """Return the hash of all C files below a folder, with their names."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.[ch]")):
        digest.update(f"{path.relative_to(folder).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
