"""Exports a network as a library for the Arduino IDE and arduino-cli."""

from __future__ import annotations

from importlib.metadata import version

from wann_edge.exporters import Files
from wann_edge.exporters.c.contract_lines import input_macros, output_macros
from wann_edge.exporters.c.text import HEADERS, KEYWORDS
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

# Headers of the Arduino core and libraries of the IDE, which a header of the same name would hide.
RESERVED = (
    *("Arduino", "Client", "HardwareSerial", "IPAddress", "PluggableUSB", "Print", "Printable"),
    *("Server", "Stream", "USBAPI", "USBCore", "Udp", "WCharacter", "WString", "binary", "new"),
    *("pins_arduino", "EEPROM", "HID", "SPI", "Servo", "SoftwareSerial", "Wire"),
    *("ArduinoBLE", "Ethernet", "Keyboard", "LiquidCrystal", "Mouse", "SD", "Stepper", "WiFi"),
)
NAMES = KEYWORDS | HEADERS | {*RESERVED}

_USE = """\
Copy this folder into the libraries folder of the Arduino IDE, or pass it to arduino-cli:
`arduino-cli compile --library PATH --fqbn arduino:avr:uno PATH/examples/Basic`."""


class Arduino:
    """A library folder: ``src/name.h`` is the C header, ``examples/Basic`` runs it.

    On AVR the golden vectors stay in flash: the self-test runs in 2 KiB of RAM.
    """

    summary = "an Arduino library with an example"
    suffix = ""
    numbers: tuple[str, ...] = ("float", "fixed")
    needs: tuple[Need, ...] = ()

    def files(self, network: Network, name: str) -> Files:
        """Return the library's files.

        Raises:
            ExportError: the name is not valid.
        """
        check_name(name, "C, C++ or Arduino", NAMES)
        return {
            "library.properties": _properties(network, name).encode("ascii"),
            "keywords.txt": _keywords(network, name).encode("ascii"),
            f"src/{name}.h": flash_header(network, name),
            "examples/Basic/Basic.ino": sketch(network, name).encode("ascii"),
            "README.md": readme(network, name, _USE),
            "LICENSE.txt": LICENSE.encode("ascii"),
        }


def _properties(network: Network, name: str) -> str:
    """Return library.properties, by the specification of Arduino libraries 1.5 and later."""
    properties = {
        "name": name,
        "version": version("wann-edge"),
        "author": "wann-edge",
        "maintainer": "wann-edge",
        "sentence": summary_line(network),
        "paragraph": "One header without dependencies, with a self-test against golden vectors.",
        "category": "Device Control",
        "url": "https://arxiv.org/abs/1906.04358",
        "architectures": "*",
        "includes": f"{name}.h",
    }
    return "".join(f"{key}={value}\n" for key, value in properties.items())


def _keywords(network: Network, name: str) -> str:
    """Return the names that the IDE colours: functions, then constants, separated by a tab."""
    functions = [f"{name}_{ending}" for ending in ("step", "step_with_weight", "selftest")]
    constants = [f"{name.upper()}_{ending}" for ending in ("INPUTS", "OUTPUTS", "SHARED_WEIGHT")]
    constants += [*input_macros(network, name), *output_macros(network, name)]
    lines = [
        *(f"{function}\tKEYWORD2" for function in functions),
        *(f"{constant}\tLITERAL1" for constant in constants),
    ]
    return "".join(f"{line}\n" for line in lines)
