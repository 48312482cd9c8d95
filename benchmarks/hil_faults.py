"""Exchange 100,000 frames with an emulated board over a link with faults, and reset it five times.

Run:  python -m benchmarks.hil_faults [--board lm3s6965evb] [--frames 100000]

In each direction 1 % of the frames are lost, 1 % corrupted, 1 % duplicated and 1 % delayed.
Every action is compared with the kernel's. The exit code is 1 if an action differs or if fewer
than five resets occur.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np

from wann_edge.hil.device import Times
from wann_edge.hil.link_faults import Faults
from wann_edge.hil.session import Connection, connect
from wann_edge.network import Network
from wann_edge.sims.swingup import SPEC

RESETS = 5
RECOVERY_S = 5.0


def network() -> Network:
    """Return a small network for the swing-up."""
    edges = ((1, 6), (3, 6), (4, 6), (5, 6), (6, 7), (4, 8), (5, 8), (6, 9), (7, 9), (8, 9))
    activations = ("tanh", "gauss", "sin", "linear")
    return Network(
        SPEC.inputs,
        SPEC.outputs,
        activations,
        edges,
        shared_weight=-1.5,
        control_period_s=SPEC.dt_s,
    )


def main() -> int:
    """Print the faults and counters; return 1 if an action is wrong or a reset is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--board", default="lm3s6965evb")
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--reply-ms", type=float, default=20.0)
    arguments = parser.parse_args()
    controller, rng = network(), np.random.default_rng(0)
    # The host sends half of the frames.
    steps = arguments.frames // 2
    faults = Faults(
        drop=0.01, corrupt=0.01, duplicate=0.01, delay=0.01, delay_s=0.03, reset=steps // RESETS
    )
    start, wrong = time.monotonic(), 0
    seen = rng.uniform(-3, 3, (steps, 5)).astype(np.float32)
    expected = controller.program.forward(seen, np.full(steps, -1.5, np.float32))
    connection = Connection(
        board=arguments.board, times=Times(arguments.reply_ms / 1e3, RECOVERY_S), faults=faults
    )
    with connect(controller, connection) as (device, injected):
        for row, action in zip(seen, expected, strict=True):
            wrong += device.step(row).action.tobytes() != action.tobytes()
        statistics, counters = device.statistics(), device.counters
    print(f"{steps} steps in {time.monotonic() - start:.0f} s; wrong actions: {wrong}")
    print(f"injected: {dict(injected)}")
    print(f"host: {counters}")
    print(f"device since its last reset: {statistics}")
    return int(wrong > 0 or injected["reset"] < RESETS)


if __name__ == "__main__":
    sys.exit(main())
