"""The Arduino sketch on an ATmega328P: built with Debian's Arduino core, run in simavr."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

CORE = Path("/usr/share/arduino/hardware/arduino/avr")
INSTALL = "apt-get install gcc gcc-avr avr-libc simavr libsimavr-dev arduino-core-avr"
SIMULATOR = """\
#include <stdio.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <simavr/parts/uart_pty.h>
int main(int argc, char **argv)
{
    elf_firmware_t firmware = {0};
    static uart_pty_t uart;
    int state;
    if (argc != 2 || elf_read_firmware(argv[1], &firmware) != 0)
        return 2;
    avr_t *avr = avr_make_mcu_by_name("atmega328p");
    avr_init(avr);
    avr->frequency = 16000000;
    avr_load_firmware(avr, &firmware);
    uart_pty_init(avr, &uart);
    uart_pty_connect(&uart, '0');
    printf("terminal %s\\n", uart.pty.slavename);
    fflush(stdout);
    do
        state = avr_run(avr);
    while (state != cpu_Done && state != cpu_Crashed);
    return 1;
}
"""
# DECIMAL_DIG: newer compilers reject its use in the core.
FLAGS = (
    *("-mmcu=atmega328p", "-DF_CPU=16000000L", "-DARDUINO=10819", "-DARDUINO_AVR_UNO"),
    *("-DARDUINO_ARCH_AVR", "-Os", "-ffunction-sections", "-fdata-sections"),
    *(f"-I{CORE}/cores/arduino", f"-I{CORE}/variants/standard", "-DDECIMAL_DIG=__DECIMAL_DIG__"),
)
C, CPP = ("avr-gcc", "-std=gnu11"), ("avr-g++", "-std=gnu++11", "-fno-threadsafe-statics")
OWN = ("-Wall", "-Wextra", "-Werror")


def absent() -> list[str]:
    """Return the tools that are not installed."""
    tools = [tool for tool in ("gcc", "avr-gcc", "avr-g++", "simavr") if shutil.which(tool) is None]
    parts = {
        "arduino-core-avr": CORE,
        "libsimavr-dev": Path("/usr/include/simavr/parts/uart_pty.h"),
    }
    return [*tools, *(name for name, path in parts.items() if not path.exists())]


def build(files: Mapping[str, bytes], folder: Path) -> Path:
    """Compile the sketch and link it with the core, as the Arduino IDE does."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    core = CORE / "cores" / "arduino"
    jobs = [
        *((C, ("-w",), path) for path in sorted(core.glob("*.c"))),
        *((CPP, ("-w",), path) for path in sorted(core.glob("*.cpp"))),
        *((C, OWN, path) for path in sorted(folder.glob("*.c"))),
        *(
            (CPP, (*OWN, "-include", "Arduino.h", "-x", "c++"), path)
            for path in folder.glob("*.ino")
        ),
    ]
    objects = []
    for compiler, flags, path in jobs:
        objects.append(folder / f"{path.name}.o")
        command = [*compiler, *FLAGS, *flags, "-c", path, "-o", objects[-1]]
        subprocess.run(command, check=True)
    program = folder / "firmware.elf"
    subprocess.run(
        ["avr-gcc", *FLAGS, "-Wl,--gc-sections", *objects, "-lm", "-o", program], check=True
    )
    return program


@contextmanager
def running(program: Path) -> Iterator[str]:
    """Run the sketch; yield its pseudo-terminal."""
    source, simulator = program.with_name("simulator.c"), program.with_name("simulator")
    source.write_text(SIMULATOR)
    libraries = ("-I/usr/include/simavr", "-lsimavrparts", "-lsimavr", "-lutil")
    subprocess.run(["gcc", "-O2", source, "-o", simulator, *libraries], check=True)
    process = subprocess.Popen([simulator, program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        lines = (line.split() for line in process.stdout)
        yield next(words[1] for words in lines if words[:1] == ["terminal"])
    finally:
        process.kill()
        process.communicate()
