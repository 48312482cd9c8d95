"""The exported header in a firmware that QEMU boots.

Unlike Unicorn, QEMU rejects instructions that the chip lacks, and floating point before the
firmware has enabled the unit.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from helpers.c_headers import observations, various_networks
from helpers.format_runners import require_tools
from helpers.parts import QEMU_INSTALL
from wann_edge import export
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.system.cores import CORES
from wann_edge.verify.emulated import toolchain

ROWS = 40

# Flash at 0, vectors first, RAM above: the MPS2 board with the FPGA image AN386.
SCRIPT = """\
SECTIONS
{
    . = 0;
    .vectors : { KEEP(*(.vectors)) }
    .text : { *(.text*) *(.rodata*) }
    . = 0x20000000;
    .data : { *(.data*) }
    .bss : { *(.bss*) *(COMMON) }
    /DISCARD/ : { *(.ARM.exidx*) *(.eh_frame*) }
}
"""
FIRMWARE = """\
#define POLICY_SELFTEST
#include "policy.h"

enum { ROWS = %(rows)d, WRITE = 0x04, EXIT = 0x18, DONE = 0x20026, FAULT = 0x20023 };
static const uint32_t weights[ROWS] = {%(weights)s};
static const uint32_t seen[ROWS * POLICY_INPUTS] = {%(seen)s};

void reset(void);
void run(void);
static void fault(void);

__attribute__((section(".vectors"), used)) static const struct {
    uint32_t stack;
    void (*handlers[15])(void);
} vectors = {0x20010000, {reset, fault, fault, fault, fault, fault}};

/* Asks the debugger, whose part QEMU plays. */
static void ask(uint32_t what, uint32_t argument)
{
    register uint32_t r0 __asm__("r0") = what;
    register uint32_t r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void print(uint32_t word)
{
    char text[10];
    for (int i = 0; i < 8; i++)
        text[i] = "0123456789abcdef"[word >> (28 - 4 * i) & 15];
    text[8] = '\\n', text[9] = 0;
    ask(WRITE, (uint32_t)text);
}

static void fault(void)
{
    print(0xfau);
    ask(EXIT, FAULT);
}

/* Apart from where the unit is turned on: a function may save its registers first of all. */
__attribute__((noinline)) void run(void)
{
    union { uint32_t bits; float value; } word, input[POLICY_INPUTS];
    print((uint32_t)policy_selftest());
    for (int row = 0; row < ROWS; row++) {
        float observation[POLICY_INPUTS], action[POLICY_OUTPUTS];
        for (int i = 0; i < POLICY_INPUTS; i++) {
            input[i].bits = seen[row * POLICY_INPUTS + i];
            observation[i] = input[i].value;
        }
        word.bits = weights[row];
        policy_step_with_weight(observation, word.value, action);
        for (int o = 0; o < POLICY_OUTPUTS; o++) {
            word.value = action[o];
            print(word.bits);
        }
    }
}

void reset(void)
{
    volatile uint32_t *const coprocessors = (volatile uint32_t *)0xe000ed88u;
    *coprocessors |= %(access)s;
    __asm__ volatile("dsb\\nisb" : : : "memory");
    run();
    ask(EXIT, DONE);
}
"""
ON, OFF = "0xfu << 20", "0u"


@pytest.fixture
def network() -> Network:
    """Return a network with single weights and scaling."""
    return various_networks()[1]


def boot(network: Network, seen: Floats, weights: Floats, folder: Path, access: str) -> list[int]:
    """Boot on an MPS2 board with a Cortex-M4F; return the output and the exit code."""
    require_tools("qemu", QEMU_INSTALL, ["qemu-system-arm"])
    (folder / "policy.h").write_bytes(export(network, "c"))
    source = folder / "firmware.c"
    tables = {"weights": bits(weights), "seen": bits(seen)}
    source.write_text(FIRMWARE % {"rows": len(weights), "access": access, **tables})
    program = toolchain.compile_for(CORES["cortex-m4f"], source, ("reset",))
    machine = ["qemu-system-arm", "-M", "mps2-an386", "-display", "none", "-monitor", "none"]
    console = ["-serial", "none", "-semihosting-config", "enable=on,target=native"]
    command = [*machine, *console, "-kernel", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return [*(int(word, 16) for word in (done.stdout + done.stderr).split()), done.returncode]


def bits(values: Floats) -> str:
    """Return floats as C constants."""
    return ", ".join(f"0x{word:08x}u" for word in values.view(np.uint32).ravel().tolist())


@pytest.fixture(autouse=True)
def board(emulators: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Return the linker script for the board's memory."""
    monkeypatch.setattr(toolchain, "LINKER_SCRIPT", SCRIPT)


def test_a_firmware_with_an_fpu_gives_the_kernels_bits(network: Network, tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    seen = observations(network, rng, ROWS)
    weights = rng.choice([-1.7, 0.3, network.shared_weight], ROWS).astype(np.float32)
    selftest, *actions, exit_code = boot(network, seen, weights, tmp_path, ON)
    assert (selftest, exit_code) == (0, 0)
    expected = network.program.forward(seen, weights).view(np.uint32).ravel()
    assert actions == expected.tolist()


def test_a_firmware_that_does_not_enable_the_fpu_faults(network: Network, tmp_path: Path) -> None:
    """A control: QEMU detects this, Unicorn does not."""
    seen, weights = np.zeros((1, len(network.inputs)), np.float32), np.ones(1, np.float32)
    assert boot(network, seen, weights, tmp_path, OFF) == [0xFA, 1]
