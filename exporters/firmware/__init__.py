"""Firmware that runs a network behind the hardware-in-the-loop protocol, as a whole project.

The C files beside this one are shipped as they stand; what depends on the network and the
board is in the generated ``hil_config.h`` and ``hil_policy.h``, ``Makefile``, ``link.ld``
and ``README.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from wann_edge.errors import SettingsError
from wann_edge.exporters.c.header import header
from wann_edge.exporters.firmware.boards import BOARDS, Board
from wann_edge.exporters.firmware.project import (
    Timing,
    check_size,
    config_text,
    filled,
    policy_text,
    readme_text,
)
from wann_edge.network import Network

_PROTOCOL_HEADERS = ("board.h", "hil_device.h", "hil_frame.h")


def firmware_files(
    network: Network, board: str, name: str = "firmware", watchdog_s: float | None = None
) -> Mapping[str, bytes]:
    """A buildable project of one board: file name to contents, the same for the same arguments.

    network: in floats or in fixed point. name: of the folder, which an Arduino sketch is
    called after. watchdog_s: without a step for so long the device applies its safe action;
    by default 10 control periods, or 0.1 s where none is prescribed.
    Raises SettingsError on an unknown board or an impossible watchdog, ExportError on a
    network that is too large for a frame.
    """
    if board not in BOARDS:
        raise SettingsError(
            f"{board!r} is not one of the boards",
            where="--board",
            remedy=f"use one of {', '.join(BOARDS)}",
        )
    known = BOARDS[board]
    check_size(network)
    timing = Timing.of(network, known, watchdog_s)
    generated = {
        "policy.h": header(network, "policy").decode("ascii"),
        "hil_config.h": config_text(network, known, timing),
        "hil_policy.h": policy_text(network),
        "README.md": readme_text(network, known, timing),
    }
    if known.script:
        generated["link.ld"] = filled(_text(known.script), known)
    if not known.is_sketch:
        generated["Makefile"] = filled(_text("Makefile.in"), known)
    copied = (*_PROTOCOL_HEADERS, *known.headers, *known.sources)
    texts = {_called(file, name): _text(file) for file in copied} | generated
    return {file: text.encode("ascii") for file, text in sorted(texts.items())}


def boards() -> tuple[Board, ...]:
    """All boards that there is firmware for."""
    return tuple(BOARDS.values())


def _called(file: str, name: str) -> str:
    """An Arduino sketch bears its folder's name."""
    return f"{name}.ino" if file.endswith(".ino") else file


def _text(file: str) -> str:
    return files(__package__).joinpath(file).read_text("ascii")
