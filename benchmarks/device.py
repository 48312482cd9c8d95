"""Compare exported headers of the published champions with dense networks, on two cores.

Run:  python -m benchmarks.device [--json]

The dense networks have the sizes of the paper. Both are compiled by arm-none-eabi-gcc -Os.
Flash and RAM are those of the linked program minus those of an empty main. Instructions are
counted in an emulator: the most over 40 observations. Brackets contain independent
measurements, with other exporters and another harness.
Needs arm-none-eabi-gcc, and pip install "wann-edge[emu,bench]".
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.common import DATA, arguments, machine, show
from benchmarks.mlp import Mlp, emlearn_source, loop_source, random_mlp
from wann_edge.baselines.dense import dense
from wann_edge.errors import MissingError
from wann_edge.exporters import export
from wann_edge.fixed_point.precision import in_fixed_point
from wann_edge.kernel import Floats
from wann_edge.network import Network, float32, with_single_weights
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.network.published import read_published
from wann_edge.system.cores import CORES
from wann_edge.task import Spec, load_task
from wann_edge.verify.emulated.emulated_target import load_program
from wann_edge.verify.emulated.toolchain import LINKER_SCRIPT, check_installed, run_compiler
from wann_edge.verify.inputs import typical_states

COMPILER = "arm-none-eabi-gcc"
INSTALL = "apt-get install -y --no-install-recommends gcc-arm-none-eabi libnewlib-arm-none-eabi"
COMPILER_FLAGS = {
    "cortex-m4f": ("-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"),
    "cortex-m0plus": ("-mcpu=cortex-m0plus", "-mfloat-abi=soft"),
}
# errno is linked into the empty main too, because every firmware with newlib contains it.
COMMON_FLAGS = (
    *("-mthumb", "-std=c99", "-Os", "-g", "-ffunction-sections", "-fdata-sections"),
    *("--specs=nano.specs", "-nostartfiles", "-Wl,--gc-sections", "-Wl,-e,main"),
    *("-Wl,-u,step", "-Wl,-u,__errno"),
)
STATES = 40
RAM_START = 0x20000000

# Independent measurements, with other exporters and another harness: flash bytes, RAM bytes and
# instructions on the M4F; flash bytes and instructions on the M0+.
INDEPENDENT = {
    "biped": {
        "MLP, loop, tanhf": (12_372, 0, 22_056, 16_324, 860_865),
        "MLP, emlearn": (14_216, 344, 28_959, 18_440, 876_292),
        "WANN, header, floats": (1_896, 0, 1_433, 5_964, 60_518),
    },
    "swing-up": {
        "MLP, loop, tanhf": (1_356, 0, 1_296, 5_292, 54_365),
        "WANN, header, floats": (740, 0, 424, 4_588, 17_356),
    },
}


@dataclass(frozen=True)
class Controller:
    """A controller in C, with its observations and expected actions.

    Attributes:
        name: its row in the table.
        source: C that defines ``step``.
        files: further files, by name.
        include: a further include folder; "" for none.
        states: the bytes of each observation.
        actions: the expected actions, float64 [n, outputs].
        words: the numpy type of observations and actions.
        tolerance: the largest permitted difference from ``actions``.
    """

    name: str
    source: str
    files: dict[str, str]
    include: str
    states: list[bytes]
    actions: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    words: str
    tolerance: float


def champions() -> Iterator[tuple[str, Network, list[int]]]:
    """Yield tasks, published networks with their best shared weights, and dense layer sizes."""
    spec = load_task("swingup").spec
    biped = read_published(DATA / "champions" / "biped.out", 24, 4)
    swing = read_published(DATA / "champions" / "swing.out", 5, 1, task=spec)
    yield "biped", replace(biped, shared_weight=-1.5), [24, 40, 40, 4]
    yield "swing-up", replace(swing, shared_weight=float32(0.86)), [5, 10, 1]


def as_network(mlp: Mlp, like: Network) -> Network:
    """Return the dense network as a Network with the inputs and outputs of ``like``."""
    spec = Spec("dense", like.inputs, like.outputs, 0.01, 1000)
    layers = zip(mlp.weights, mlp.biases, strict=True)
    rows = [np.vstack([biases, weights]).T.ravel() for weights, biases in layers]
    network = with_single_weights(dense(spec, mlp.sizes[1:-1]), np.concatenate(rows).tolist())
    return replace(network, task=like.task)


def headers(kind: str, network: Network, seen: Floats) -> Iterator[Controller]:
    """Yield the exported headers, in floats and in 16-bit words; the kernel's actions expected."""
    task = None if network.task is None else load_task(network.task)
    fixed, _ = in_fixed_point(network, "q15", task)
    for name, runs in (("header, floats", network), ("header, q15", fixed)):
        words = runs.words(seen) if isinstance(runs, FixedNetwork) else seen
        stored = "<i2" if isinstance(runs, FixedNetwork) else "<f4"
        number = "int16_t" if isinstance(runs, FixedNetwork) else "float"
        actions = runs.program.forward(seen, np.full(len(seen), runs.shared_weight, np.float32))
        if isinstance(runs, FixedNetwork):
            offsets = [channel.offset for channel in runs.outputs]
            actions = (actions - np.array(offsets)) / np.array(runs.output_steps)
        yield Controller(
            f"{kind}, {name}",
            '#include "policy.h"\n'
            f"void step(const {number} *observation, {number} *action);\n"
            f"void step(const {number} *observation, {number} *action)\n"
            "{\n    policy_step(observation, action);\n}\n",
            {"policy.h": export(runs, "c", "policy").decode("ascii")},
            "",
            [row.astype(stored).tobytes() for row in words],
            actions.astype(np.float64),
            stored,
            tolerance=0.0,
        )


def dense_networks(mlp: Mlp, seen: Floats) -> Iterator[Controller]:
    """Yield the dense network in C. emlearn prints six decimals, hence the larger tolerance."""
    states = [row.astype("<f4").tobytes() for row in seen]
    expected = mlp.forward(seen)
    for name, own in (("loop, tanhf", False), ("loop, own tanh", True)):
        text = loop_source(mlp, own_tanh=own)
        yield Controller(f"MLP, {name}", text, {}, "", states, expected, "<f4", 1e-5)
    with tempfile.TemporaryDirectory() as folder:
        try:
            source, include = emlearn_source(mlp, Path(folder))
        except MissingError as error:
            print(f"emlearn is omitted: {error}", file=sys.stderr)
            return
        header = (Path(folder) / "mlp.h").read_text()
    files = {"mlp.h": header}
    yield Controller("MLP, emlearn", source, files, include, states, expected, "<f4", 1e-4)


def measured(controller: Controller, core: str) -> dict[str, int]:
    """Measure flash, RAM, stack and instructions; exit if an action is wrong."""
    with tempfile.TemporaryDirectory(prefix="wann-edge-") as folder:
        place = Path(folder)
        for name, text in controller.files.items():
            (place / name).write_text(text)
        program = linked(place, controller.source, core, controller.include)
        empty = linked(place, "void step(void);\nvoid step(void) {}\n", core, "")
        (flash, ram), (least, least_ram) = size(program, core), size(empty, core)
        device, _ = load_program(CORES[core], program)
    bytes_out = controller.actions.shape[1] * np.dtype(controller.words).itemsize
    observation, action = device.heap, device.heap + 4096
    device.paint_stack()
    counts, found = [], []
    for state in controller.states:
        device.write(observation, state)
        counts.append(device.counted_call("step", observation, action).instructions)
        found.append(np.frombuffer(device.read(action, bytes_out), controller.words))
    worst = np.abs(np.array(found, np.float64) - controller.actions).max()
    if worst > controller.tolerance:
        sys.exit(f"{controller.name} on {core}: actions are off by {worst}")
    return {
        "flash_bytes": flash - least,
        "ram_bytes": ram - least_ram,
        "stack_bytes": device.stack_bytes() or 0,
        "instructions": max(counts),
    }


def linked(place: Path, source: str, core: str, include: str) -> Path:
    """Link the source with an empty main for a core."""
    code, script = place / "step.c", place / "link.ld"
    output = place / f"{'empty' if '{}' in source else 'step'}.elf"
    code.write_text(f"{source}int main(void) {{ return 0; }}\n")
    script.write_text(LINKER_SCRIPT)
    includes = [f"-I{place}", *([f"-I{include}"] if include else [])]
    flags = (*COMPILER_FLAGS[core], *COMMON_FLAGS, *includes, f"-T{script}")
    run_compiler([COMPILER, *flags, "-o", str(output), str(code), "-lm"], COMPILER)
    return output


def size(program: Path, core: str) -> tuple[int, int]:
    """Return flash and RAM in bytes; flash includes the initial contents of RAM."""
    image = load_program(CORES[core], program)[1]
    begins = sum(len(data) for address, data in image.sections if address >= RAM_START)
    return image.code_bytes + image.constant_bytes + begins, image.ram_bytes


def rows() -> Iterator[dict[str, object]]:
    """Yield one row per controller, with all measurements as numbers."""
    for task, network, sizes in champions():
        rng = np.random.default_rng(0)
        known = None if network.task is None else load_task(network.task)
        seen = typical_states(network, known, STATES, rng)
        mlp = random_mlp(sizes, rng)
        ours = (("MLP", as_network(mlp, network)), ("WANN", network))
        headers_of_both = (one for kind, made in ours for one in headers(kind, made, seen))
        for controller in (*dense_networks(mlp, seen), *headers_of_both):
            costs = {core: measured(controller, core) for core in COMPILER_FLAGS}
            independent = INDEPENDENT[task].get(controller.name)
            yield {"task": task, "controller": controller.name, **costs, "independent": independent}


def cells(row: dict[str, object]) -> dict[str, object]:
    """Return a row of the printed table, with independent measurements in brackets."""
    m4f, m0plus = row["cortex-m4f"], row["cortex-m0plus"]
    assert isinstance(m4f, dict)
    assert isinstance(m0plus, dict)
    named = {
        "M4F flash B": m4f["flash_bytes"],
        "RAM B": m4f["ram_bytes"],
        "M4F instr.": m4f["instructions"],
        "M0+ flash B": m0plus["flash_bytes"],
        "M0+ instr.": m0plus["instructions"],
    }
    independent = row["independent"] or (None,) * len(named)
    assert isinstance(independent, tuple)
    figures = {
        name: f"{value:,}" if other is None else f"{value:,} ({other:,})"
        for (name, value), other in zip(named.items(), independent, strict=True)
    }
    stacks = f"{m4f['stack_bytes']}, {m0plus['stack_bytes']}"
    return {str(row["task"]): row["controller"], **figures, "stack B": stacks}


def main() -> None:
    """Measure and print."""
    asked = arguments(__doc__)
    if shutil.which(COMPILER) is None:
        sys.exit(f"{COMPILER} is not installed: {INSTALL}")
    try:
        check_installed(CORES["cortex-m4f"])
    except MissingError as error:
        sys.exit(str(error))
    version = subprocess.check_output([COMPILER, "--version"], text=True).splitlines()[0]
    document = {**machine(), "compiler": version, "observations": STATES}
    found = list(rows())
    if asked.json:
        show(document, found, as_json=True)
        return
    for task in INDEPENDENT:
        show(document, [cells(row) for row in found if row["task"] == task], as_json=False)
        document = {}


if __name__ == "__main__":
    main()
