"""Exports a network as a PlatformIO project."""

from __future__ import annotations

import json
from importlib.metadata import version

from wann_edge.exporters import Files
from wann_edge.exporters.libraries.arduino import NAMES
from wann_edge.exporters.libraries.project_text import (
    LICENSE,
    flash_header,
    readme,
    sketch,
    summary_line,
)
from wann_edge.exporters.names import check_name
from wann_edge.network import Network
from wann_edge.system.needs import Need

# The platform of each board: an AVR, a Cortex-M0+, M3 and M4F, an Xtensa and a RISC-V.
PLATFORMS = {
    "uno": "atmelavr",
    "pico": "raspberrypi",
    "bluepill_f103c8": "ststm32",
    "nucleo_f401re": "ststm32",
    "esp32dev": "espressif32",
    "esp32-c3-devkitm-1": "espressif32",
}

_USE = """\
`pio run -e uno -t upload -t monitor` in this folder; `platformio.ini` lists the boards. The
network is the library `lib/NAME`, which you can copy to another project."""


class PlatformIO:
    """A project for several boards: ``lib/name`` is the network, ``src/main.cpp`` runs it."""

    summary = "a PlatformIO project for several boards"
    suffix = ""
    numbers: tuple[str, ...] = ("float", "fixed")
    needs: tuple[Need, ...] = ()

    def files(self, network: Network, name: str) -> Files:
        """Return the project's files.

        Raises:
            ExportError: the name is not valid.
        """
        check_name(name, "C, C++ or Arduino", NAMES)
        return {
            "platformio.ini": _settings().encode("ascii"),
            "src/main.cpp": f"#include <Arduino.h>\n{sketch(network, name)}".encode("ascii"),
            f"lib/{name}/library.json": _library(network, name).encode("ascii"),
            f"lib/{name}/src/{name}.h": flash_header(network, name),
            f"lib/{name}/LICENSE.txt": LICENSE.encode("ascii"),
            "README.md": readme(network, name, _USE.replace("NAME", name)),
        }


def _settings() -> str:
    boards = "".join(
        f"\n[env:{board}]\nplatform = {platform}\nboard = {board}\n"
        for board, platform in PLATFORMS.items()
    )
    first = next(iter(PLATFORMS))
    return (
        f"[platformio]\ndefault_envs = {first}\n\n"
        f"[env]\nframework = arduino\nmonitor_speed = 115200\n{boards}"
    )


def _library(network: Network, name: str) -> str:
    manifest = {
        "name": name,
        "version": version("wann-edge"),
        "description": summary_line(network),
        "license": "Apache-2.0",
        "headers": f"{name}.h",
        "frameworks": "*",
        "platforms": "*",
    }
    return json.dumps(manifest, indent=2) + "\n"
