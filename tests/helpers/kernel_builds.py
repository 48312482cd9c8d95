"""Builds the kernel's C, and runs a probe that exercises all of it.

Run as a program, it prints the probe's digests for the library that the environment variable
WANN_KERNEL_LIBRARY names, so that each build is loaded by a process that has no other.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import wann_edge.kernel
from helpers.networks import random_network
from wann_edge.fixed_point.ranges import measured_ranges
from wann_edge.kernel import (
    Disturbance,
    activate,
    activate_fixed,
    activation_names,
    plant,
    plant_names,
    supported_lanes,
)
from wann_edge.network.fixed_network import quantise

KERNEL = Path(wann_edge.kernel.__file__).parent
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror"]
STRICT = ["-std=c99", "-pedantic", *WARNINGS]

# Where activations change their method, the ends of float32, infinities and NaN.
SPECIAL = np.array(
    [0, 1e-45, 1e-38, 0.25, 0.5, 1, 1.5, 2, 6, 9.01, 26, 2**23, 2**24, 2**31, 3.4e38, np.inf],
    np.float32,
)
SPECIAL = np.concatenate([SPECIAL, -SPECIAL, np.array([np.nan], np.float32)])


def build(compiler: str, flags: list[str], target: Path, source: Path = KERNEL) -> Path:
    """Compile the kernel's C into the shared library ``target``, in the library's folder."""
    sources = sorted(map(str, source.glob("*.c")))
    command = [compiler, *flags, "-fPIC", "-shared", *sources, "-o", str(target)]
    made = subprocess.run(command, cwd=target.parent, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert made.stderr == ""
    return target


def digests(kernel: Path | None) -> dict[str, str]:
    """Return the probe's digests from a new process, for a library or the installed one."""
    environment = {k: v for k, v in os.environ.items() if k != "WANN_KERNEL_LIBRARY"}
    if kernel is not None:
        environment["WANN_KERNEL_LIBRARY"] = str(kernel)
    command = [sys.executable, "-m", "helpers.kernel_builds"]
    ran = subprocess.run(
        command,
        cwd=Path(__file__).parents[1],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, str] = json.loads(ran.stdout)
    return found


def bits(values: NDArray[np.float32]) -> NDArray[np.uint32]:
    """Return the bits of floats; the same for every NaN, whose payload the kernel leaves open."""
    plain = np.where(np.isnan(values), np.float32(np.nan), values)
    return np.ascontiguousarray(plain, np.float32).view(np.uint32)


def _digest(*results: NDArray[np.float32]) -> str:
    return hashlib.sha256(b"".join(bits(result).tobytes() for result in results)).hexdigest()


def _probe_activations(rng: np.random.Generator) -> str:
    x = np.concatenate([SPECIAL, rng.normal(0, 4, 5000).astype(np.float32)])
    return _digest(*(activate(name, x) for name in activation_names()))


def _probe_forward(rng: np.random.Generator) -> str:
    results: list[NDArray[np.float32]] = []
    for index in range(20):
        network = random_network(rng, hidden=10, single_weights=index % 2 == 0, scaled=True)
        seen = rng.normal(0, 2, (67, 3)).astype(np.float32)
        seen[::19, 1] = np.inf
        weights = rng.normal(0, 1.5, 67).astype(np.float32)
        results += [network.program.forward(seen, weights)]
        results += network.program.forward_with_sums(seen, weights)
    return _digest(*results)


def _probe_rollouts(rng: np.random.Generator) -> str:
    swingup = plant("swingup")
    results: list[NDArray[np.float32]] = []
    for _ in range(6):
        program = random_network(rng, inputs=5, hidden=8, outputs=1).program
        states = rng.normal((0, 0, np.pi, 0), 0.5, (100, 4)).astype(np.float32)
        weights = rng.normal(0, 1.5, 100).astype(np.float32)
        edges = rng.normal(0, 1.5, (100, program.edges)).astype(np.float32)
        for own in (None, edges):
            returns, steps = program.rollouts(swingup, weights, states, 200, own)
            results += [returns, steps.astype(np.float32)]
    return _digest(*results)


def _probe_plants(rng: np.random.Generator) -> str:
    """Run each plant step by step, and its episodes in lanes."""
    results: list[NDArray[np.float32]] = []
    for native in map(plant, plant_names()):
        state = rng.normal(0, 0.5, native.states).astype(np.float32)
        seen = native.observe(state)
        for action in rng.normal(0, 1.5, (100, native.actions)):
            state, seen, _, _ = native.step(state, seen, action)
        sizes = {"inputs": native.observations, "outputs": native.actions}
        program = random_network(rng, hidden=8, **sizes).program
        states = rng.normal(0, 0.3, (70, native.states)).astype(np.float32)
        weights = rng.normal(0, 1.5, 70).astype(np.float32)
        returns, steps = program.rollouts(native, weights, states, 100)
        results += [state, seen, returns, steps.astype(np.float32)]
    return _digest(*results)


def _probe_fixed(rng: np.random.Generator) -> str:
    """Run activations, the walk, the forward pass and episodes in 16-bit and 32-bit words."""
    results: list[NDArray[np.float32]] = []
    for index, dtype in enumerate(["q15", "q31"] * 4):
        network = random_network(rng, inputs=5, hidden=16, outputs=1, single_weights=index > 3)
        fixed = quantise(network, measured_ranges(network, None), dtype)
        words = rng.integers(-(2**15), 2**15, (67, 5), np.int32)
        seen = rng.normal(0, 2, (67, 5)).astype(np.float32)
        seen[::19, 1] = np.nan
        weights = rng.normal(0, 1.5, 67).astype(np.float32)
        results += fixed.program.forward_with_sums(seen, weights)
        results.append(fixed.program.walk(words, words[:, 0]).astype(np.float32))
        states = rng.normal((0, 0, np.pi, 0), 0.5, (67, 4)).astype(np.float32)
        results += [fixed.program.rollouts(plant("swingup"), weights, states, 50)[0]]
    x = rng.integers(-(2**30), 2**30, 5000, np.int32)
    for name in activation_names():
        results += [activate_fixed(name, x, wide=wide).astype(np.float32) for wide in (False, True)]
    return _digest(*results)


def _probe_disturbed(rng: np.random.Generator) -> str:
    """Run each plant with varied masses and lengths, noise and late actions."""
    results: list[NDArray[np.float32]] = []
    for native in map(plant, plant_names()):
        sizes = {"inputs": native.observations, "outputs": native.actions}
        program = random_network(rng, hidden=8, **sizes).program
        factors = rng.uniform(0.8, 1.2, (3, len(native.parameters))).astype(np.float32)
        state = rng.normal(0, 0.3, native.states).astype(np.float32)
        if native.parameters:
            seen = native.observe(state)
            for action in rng.normal(0, 1, (50, native.actions)):
                state, seen, _, _ = native.step(state, seen, action, factors[0])
        range_, actuator = (-1.5, 1.5, 21.0, 1 / 21), (0.0, -0.8, 0.8, 0.05)
        drawn = Disturbance(
            factors,
            rng.normal(0, 0.1, (3, 101, native.observations)).astype(np.float32),
            (rng.random((3, 101)) < 0.2 * np.arange(101).clip(0, 1)).astype(np.int32),
            rng.integers(0, 3, (3, 100)).astype(np.int32),
            np.array([range_] * native.observations, np.float32),
            np.array([actuator] * native.actions, np.float32),
        )
        drawn.converters[-1] = 0
        states = rng.normal(0, 0.3, (70, native.states)).astype(np.float32)
        rows = (np.arange(70) % 3).astype(np.int32)
        weights = rng.normal(0, 1.5, 70).astype(np.float32)
        returns, steps = program.rollouts(native, weights, states, 100, disturbed=(drawn, rows))
        results += [state, returns, steps.astype(np.float32)]
    return _digest(*results)


PROBES = {
    "activations": _probe_activations,
    "forward": _probe_forward,
    "rollouts": _probe_rollouts,
    "plants": _probe_plants,
    "fixed point": _probe_fixed,
    "disturbed": _probe_disturbed,
}


def probe() -> dict[str, str]:
    """Return a digest of each part at each lane width; the inputs are the same in every run."""
    found = {}
    for width in supported_lanes():
        os.environ["WANN_LANES"] = str(width)
        for name, run in PROBES.items():
            found[f"{name} in {width} lanes"] = run(np.random.default_rng(7))
    return found


if __name__ == "__main__":
    print(json.dumps(probe()))
