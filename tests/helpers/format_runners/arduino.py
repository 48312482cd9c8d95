"""Arduino libraries: sketches with the real core, by gcc-avr, run in simavr."""

from __future__ import annotations

import atexit
import ctypes
import struct
import subprocess
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import numpy as np

from helpers.format_runners import Contract, write_files
from helpers.format_runners.c import contract_in, tampered_header
from helpers.parts import missing
from wann_edge.exporters import Files
from wann_edge.exporters.libraries.arduino import NAMES
from wann_edge.kernel import Floats
from wann_edge.system.keeper import scratch_folder
from wann_edge.system.needs import absent
from wann_edge.verify.emulated.toolchain import AVR_INSTALL, NEEDS, SIMAVR_HEADERS

ARDUINO_ROOT = Path("/usr/share/arduino/hardware/arduino/avr")
INSTALL = f"{AVR_INSTALL} arduino-core-avr"
MCU = "atmega328p"
BAUD = 1_000_000

# As platform.txt has them, but for -w: our sources are to be clean. avr-libc of Debian
# wants the last definition.
_TARGET = (
    *(f"-mmcu={MCU}", "-DF_CPU=16000000L", "-DARDUINO=10819", "-DARDUINO_AVR_UNO"),
    *("-DARDUINO_ARCH_AVR", "-DDECIMAL_DIG=__DECIMAL_DIG__"),
    *("-I", str(ARDUINO_ROOT / "cores/arduino")),
    *("-I", str(ARDUINO_ROOT / "variants/standard")),
)
_COMMON = ("-c", "-g", "-Os", "-ffunction-sections", "-fdata-sections", "-flto")
_LANGUAGES = {
    ".c": ("-std=gnu11",),
    ".cpp": ("-std=gnu++11", "-fpermissive", "-fno-exceptions", "-fno-threadsafe-statics"),
    ".S": ("-x", "assembler-with-cpp"),
}

# Binary, for text would not carry bits: 's' asks for the self-test, 'f' and 'w' for a step.
_SKETCH = """
#include <Arduino.h>
#define {NAME}_SELFTEST
#define {NAME}_UNITS
#include <{name}.h>
#ifdef {NAME}_WEIGHT_BITS
#define STEP {name}_step_units
#define STEP_WITH_WEIGHT {name}_step_units_with_weight
#else
#define STEP {name}_step
#define STEP_WITH_WEIGHT {name}_step_with_weight
#endif
static void take(void *place, unsigned count) {{
  uint8_t *bytes = static_cast<uint8_t *>(place);
  while (count > 0) {{
    if (Serial.available() > 0) {{
      *bytes++ = static_cast<uint8_t>(Serial.read());
      count--;
    }}
  }}
}}
void setup() {{
  Serial.begin({baud});
  Serial.write('r');
}}
void loop() {{
  static float observation[{NAME}_INPUTS], action[{NAME}_OUTPUTS], weight;
  char what;
  take(&what, 1);
  if (what == 's') {{
    const int16_t different = {name}_selftest();
    Serial.write(reinterpret_cast<const uint8_t *>(&different), sizeof different);
    return;
  }}
  take(&weight, sizeof weight);
  take(observation, sizeof observation);
  if (what == 'f') STEP(observation, action);
  else STEP_WITH_WEIGHT(observation, weight, action);
  Serial.write(reinterpret_cast<const uint8_t *>(action), sizeof action);
}}
"""


def compile_source(source: Path, *flags: str, strict: bool = True) -> Path:
    """An object file beside the source. AssertionError, with what gcc says, if it is not clean."""
    compiler = "avr-g++" if source.suffix == ".cpp" else "avr-gcc"
    warnings = ("-Wall", "-Wextra", "-Werror") if strict else ("-w",)
    output = source.with_suffix(".o")
    options = [*_COMMON, *_LANGUAGES[source.suffix], *_TARGET, *warnings, *flags]
    _run([compiler, *options, str(source), "-o", str(output)])
    return output


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@cache
def _kept() -> Path:
    """A folder as long as the tests run, also if they are killed."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(scratch_folder())


@cache
def core() -> Path:
    """Arduino's core, compiled."""
    folder = _kept()
    objects = []
    for source in sorted((ARDUINO_ROOT / "cores/arduino").iterdir()):
        if source.suffix in _LANGUAGES:
            copy = folder / source.name
            copy.write_bytes(source.read_bytes())
            made = compile_source(copy, strict=False)
            objects.append(made.rename(folder / f"{source.name}.o"))
    archive = folder / "core.a"
    _run(["avr-gcc-ar", "rcs", str(archive), *map(str, objects)])
    return archive


@cache
def _bridge() -> ctypes.CDLL:
    library = _kept() / "simavr_uart.so"
    source = Path(__file__).with_name("simavr_uart.c")
    flags = ["-std=gnu99", "-O2", "-Wall", "-Wextra", "-Werror", "-isystem", str(SIMAVR_HEADERS)]
    _run(["gcc", *flags, "-shared", "-fPIC", "-o", str(library), str(source), "-lsimavr"])
    bridge = ctypes.CDLL(str(library))
    bridge.board_open.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    bridge.board_open.restype = ctypes.c_void_p
    bytes_and_count = [ctypes.c_char_p, ctypes.c_uint32]
    bridge.board_talk.argtypes = [ctypes.c_void_p, *bytes_and_count * 2, ctypes.c_uint64]
    bridge.board_talk.restype = ctypes.c_uint32
    return bridge


class Board:
    """An Arduino Uno with a sketch in its flash."""

    def __init__(self, sketch: Path, *flags: str) -> None:
        program = sketch.with_suffix(".elf")
        made = compile_source(sketch, *flags)
        linked = ["-w", "-Os", "-g", "-flto", "-fuse-linker-plugin", "-Wl,--gc-sections"]
        files = ["-o", str(program), str(made), str(core()), "-lm"]
        _run(["avr-gcc", *linked, f"-mmcu={MCU}", *files])
        self._avr = _bridge().board_open(str(program).encode(), MCU.encode())
        assert self._avr

    def talk(self, sent: bytes, count: int, most_cycles: int = 64_000_000) -> bytes:
        """What comes back: so many bytes, or fewer where the cycles are over."""
        answer = ctypes.create_string_buffer(max(count, 1))
        got = _bridge().board_talk(self._avr, sent, len(sent), answer, count, most_cycles)
        return answer.raw[:got]


class BuiltLibrary:
    """The library in a sketch that answers on the serial line."""

    def __init__(self, board: Board, stated: Contract) -> None:
        self._board = board
        assert board.talk(b"", 1) == b"r", "bytes before the line is open would be lost"
        self._stated = stated

    def forward(self, observations: Floats, weights: Floats) -> Floats:
        """Actions [n, outputs], a row an exchange."""
        rows = zip(observations, weights, strict=True)
        return np.array([self._row(row, float(weight)) for row, weight in rows], np.float32)

    def _row(self, observation: Floats, weight: float) -> Floats:
        kind = b"f" if weight == self._stated.shared_weight else b"w"
        sent = kind + struct.pack("<f", weight) + observation.astype("<f4").tobytes()
        size_bytes = 4 * len(self._stated.outputs)
        answer = self._board.talk(sent, size_bytes)
        assert len(answer) == size_bytes, "the board is silent"
        return np.frombuffer(answer, "<f4").astype(np.float32)

    def selftest(self) -> int | None:
        """The golden vectors that differ, on the board."""
        (different,) = struct.unpack("<h", self._board.talk(b"s", 2, 2_000_000_000))
        return int(different)

    def contract(self) -> Contract:
        """As the header's comment says."""
        return self._stated


def require_arduino() -> None:
    """Skips or fails without the compiler, the core, and the simulator with its headers."""
    lacking = absent(NEEDS["avr"]).get(AVR_INSTALL, [])
    lacking = [*lacking, *([] if ARDUINO_ROOT.is_dir() else ["arduino-core-avr"])]
    if lacking:
        missing("arduino", f"not installed: {', '.join(lacking)}: {INSTALL}")


class _Arduino:
    tolerance = 0.0
    keywords = NAMES
    most_rows = 60

    def require(self) -> None:
        """The compiler, the core, and the simulator with its headers."""
        require_arduino()

    def build(self, files: Files, name: str, workdir: Path) -> BuiltLibrary:
        """A sketch of ours around the library."""
        write_files(files, workdir)
        include = f"-I{workdir / 'src'}"
        sketch = workdir / "sketch.cpp"
        sketch.write_text(_SKETCH.format(name=name, NAME=name.upper(), baud=BAUD))
        header = files[f"src/{name}.h"].decode("ascii")
        return BuiltLibrary(Board(sketch, include), contract_in(header))

    def tampered(self, files: Files) -> Files:
        """In the header."""
        path = next(path for path in files if path.endswith(".h"))
        return {**files, **tampered_header({path: files[path]})}


ARDUINO = _Arduino()
