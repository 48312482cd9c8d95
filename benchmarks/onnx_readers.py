"""Load exported ONNX graphs in other programs and compare their actions with the kernel's.

    python -m venv other
    other/bin/pip install onnxruntime onnxconverter-common MNN "opencv-python-headless<5" \
        openvino onnx2torch
    python -m benchmarks.onnx_readers other/bin/python

Several interpreters can be given, such as one with an old onnxruntime. For each reader it prints
how many graphs give the kernel's actions, and the safe action for observations that are not
finite; and how many give the same bits. Exit code 1 where one does not give the actions.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.helpers.networks import random_network
from wann_edge.exporters import export
from wann_edge.kernel import activation_names
from wann_edge.network import Network, named_channels
from wann_edge.network import file as network_file

ROOT = Path(__file__).parents[1]
ROWS = 64


def networks() -> dict[str, Network]:
    """Return the examples, one network for each activation, and random ones."""
    found = {
        path.stem: network_file.load(path) for path in sorted((ROOT / "examples").glob("*.json"))
    }
    for kind in activation_names():
        found[kind] = Network(*named_channels(1, 1), (kind,), ((0, 2), (1, 2)), shared_weight=0.75)
    for seed in range(8):
        rng = np.random.default_rng(seed)
        found[f"random_{seed}"] = random_network(rng, hidden=4 * seed, scaled=seed % 2 == 0)
    return found


def write(folder: Path, name: str, network: Network) -> None:
    """Write a graph, with observations, the kernel's actions and observations with NaN or inf."""
    (folder / f"{name}.onnx").write_bytes(export(network, "onnx"))
    rng = np.random.default_rng(1)
    ends = np.clip([channel.typical_range for channel in network.inputs], -10, 10).T
    seen = rng.uniform(ends[0], ends[1], (ROWS, ends.shape[1])).astype(np.float32)
    actions = network.program.forward(seen, np.full(ROWS, network.shared_weight, np.float32))
    broken = seen[:6].copy()
    broken[np.arange(6), np.arange(6) % ends.shape[1]] = [np.nan, np.inf, -np.inf] * 2
    span = np.ptp(actions, axis=0) + 1e-2
    safe = np.array([channel.safe for channel in network.outputs], np.float32)
    np.savez(
        folder / f"{name}.npz",
        observations=seen,
        actions=actions,
        broken=broken,
        span=span,
        safe=safe,
    )


def main() -> None:
    """Print a line for each reader and each graph that it gets wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("python", nargs="+", help="an interpreter with readers installed")
    wrong = False
    with tempfile.TemporaryDirectory() as place:
        for name, network in networks().items():
            write(Path(place), name, network)
        for python in parser.parse_args().python:
            script = Path(__file__).with_name("read_onnx.py")
            done = subprocess.run(
                [python, script, place], stdout=subprocess.PIPE, text=True, check=True
            )
            for line in done.stdout.splitlines():
                if not line.startswith('["'):
                    continue
                reader, version, count, distances, faults = json.loads(line)
                close = sum(distance <= 1 for distance in distances)
                print(
                    f"{reader} {version}: {count - len(faults)} of {count} graphs; "
                    f"{distances.count(0)} with the same bits, {close} within 1 ulp",
                    *faults,
                    sep="\n  ",
                )
                wrong = wrong or bool(faults)
    sys.exit(wrong)


if __name__ == "__main__":
    main()
