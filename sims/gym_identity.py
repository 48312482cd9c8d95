"""What the episodes of a gymnasium environment are computed from."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from wann_edge.task.fingerprint import with_version


def identity_of(module: str, name: str, arguments: Mapping[str, object]) -> dict[str, str]:
    """Return the environment's id, its package with the version, and its arguments.

    An environment from elsewhere than gymnasium also has the SHA-256 of its module's file, because
    its code can change while the version stays.

    Args:
        module: the module of the environment's class.
        name: its id.
        arguments: those of the task's name.
    """
    package = module.partition(".")[0]
    return {
        "environment": name,
        "package": with_version(package),
        "arguments": json.dumps(arguments, sort_keys=True),
        **({} if package == "gymnasium" else _source(module)),
    }


def _source(module: str) -> dict[str, str]:
    """Return the SHA-256 of a module's file; {} for one without a file."""
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None or not Path(file).is_file():
        return {}
    return {"source": hashlib.sha256(Path(file).read_bytes()).hexdigest()}
