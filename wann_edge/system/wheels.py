"""How to install the simulators that have wheels for some platforms only."""

from __future__ import annotations

import platform
import sys

SIMS = 'pip install "wann-edge[sims]"'


def pybullet_install() -> str:
    """Return the command that installs PyBullet here; a comment says where it compiles."""
    is_linux_x86 = sys.platform == "linux" and platform.machine() == "x86_64"
    if is_linux_x86 and sys.version_info < (3, 12):
        return SIMS
    return (
        'pip install "wann-edge[bullet]"  # compiles for 12 minutes, as PyBullet has no wheel '
        "here; the mujoco/ tasks need none"
    )


def box2d_install() -> str:
    """Return the command that installs Box2D here; a comment says where it compiles."""
    has_platform = platform.machine() == "x86_64" or sys.platform == "darwin"
    if has_platform and sys.version_info < (3, 14):
        return SIMS
    return (
        'pip install swig && pip install "gymnasium[box2d]"  # compiles for minutes, as Box2D '
        "has no wheel here"
    )
