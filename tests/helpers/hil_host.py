"""The firmware's C on this computer, with sanitizers, behind a pseudo-terminal."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from helpers.networks import random_network
from wann_edge.exporters.firmware.project import firmware_files
from wann_edge.kernel import Floats
from wann_edge.network import Network, float32
from wann_edge.sims.swingup import SPEC

WATCHDOG_S = 0.8
STRICT = (
    *("-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion"),
    *("-Werror", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
)

# The functions that a user fills in; here standard input and output are the serial line.
BOARD = """\
#define _POSIX_C_SOURCE 200809L
#include "board.h"
#include <poll.h>
#include <time.h>
#include <unistd.h>
static int waits(int ms)
{
    struct pollfd in = { 0, POLLIN, 0 };
    return poll(&in, 1, ms) > 0 && (in.revents & POLLIN);
}
int board_read(void)
{
    uint8_t byte;
    if (!waits(0) || read(0, &byte, 1) != 1)
        return -1;
    return byte;
}
void board_write(uint8_t byte) { while (write(1, &byte, 1) != 1) { } }
void board_init(void) { }
uint32_t board_ticks(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u);
}
void board_wait(void)
{
    struct timespec little = { 0, 100000 };
    if (!waits(1))
        nanosleep(&little, 0); /* a line that nobody holds is always ready */
}
void board_reset(void)
{
    char name[] = "firmware";
    char *arguments[] = { name, 0 };
    execv("/proc/self/exe", arguments);
}
"""


def controller(seed: int = 1, hidden: int = 8) -> Network:
    """Return a controller of the swing-up."""
    made = random_network(np.random.default_rng(seed), inputs=5, hidden=hidden, outputs=1)
    return Network(
        *(SPEC.inputs, SPEC.outputs, made.activations, made.edges),
        shared_weight=float32(-1.3),
        control_period_s=SPEC.dt_s,
        task="swingup",
    )


def build(files: Mapping[str, bytes], folder: Path) -> Path:
    """Compile the bare template with its functions filled in."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "bare.c").write_text(BOARD)
    sources = [folder / name for name in sorted(files) if name.endswith(".c")]
    command = ["gcc", *STRICT, "-DBOARD_TICKS_HZ=1000000u", *sources, "-o", folder / "firmware"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "firmware"


def built(network: Network, folder: Path) -> Path:
    """Compile the firmware of a network."""
    return build(firmware_files(network, "bare", watchdog_s=WATCHDOG_S), folder)


@contextmanager
def running(firmware: Path) -> Iterator[str]:
    """Run the firmware; yield its pseudo-terminal. A sanitizer's report fails the test."""
    master, slave = os.openpty()
    errors = firmware.with_suffix(".err").open("w+b")
    process = subprocess.Popen([firmware], stdin=master, stdout=master, stderr=errors)
    try:
        yield os.ttyname(slave)
        assert process.poll() is None, firmware.with_suffix(".err").read_text()
    finally:
        process.kill()
        process.wait()
        errors.close()
        os.close(master)
        os.close(slave)
    assert firmware.with_suffix(".err").read_bytes() == b""


def observations(count: int, seed: int = 0) -> Floats:
    """Return typical observations [count, 5], some with special values."""
    rng = np.random.default_rng(seed)
    seen = rng.normal(0, 2, (count, 5)).astype(np.float32)
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-42, 3e38], np.float32)
    rows = rng.integers(count, size=count // 8)
    seen[rows, rng.integers(5, size=len(rows))] = rng.choice(special, len(rows))
    return seen
