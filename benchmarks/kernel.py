"""Environment steps a second on one core, at each lane width, beside the numpy reference.

Run:  python -m benchmarks.kernel [--json]
"""

from __future__ import annotations

import os
import statistics
import time

from wann_edge.published import read_published

from benchmarks.common import DATA, arguments, machine, show
from benchmarks.reference import steps_per_second
from wann_edge.evaluate import PAPER_WEIGHTS
from wann_edge.kernel import supported_lanes
from wann_edge.network import Network
from wann_edge.sims.swingup import SPEC, SwingUp

EPISODES = 320


def networks() -> dict[str, Network]:
    """The nets that are timed: no hidden node, the published champion, its sample run's best."""
    nodes = 1 + len(SPEC.inputs)
    return {
        "7 nodes, fully connected": Network(
            SPEC.inputs, SPEC.outputs, ("linear",), tuple((i, nodes) for i in range(nodes))
        ),
        "29 nodes, published champion": read_published(
            DATA / "champions" / "swing.out", inputs=5, outputs=1, task=SPEC
        ),
        "98 nodes, sample run's best": read_published(
            DATA / "log" / "sample_best.out", inputs=5, outputs=1, task=SPEC
        ),
    }


def kernel_steps_per_second(network: Network, width: int, seconds: float) -> float:
    """The median over repeats of whole batches: six weights, 320 episodes each."""
    os.environ["WANN_LANES"] = str(width)
    task, seeds = SwingUp(), range(EPISODES)
    task.rollouts(network, PAPER_WEIGHTS, seeds)
    speeds: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(speeds) < 3:
        start = time.perf_counter()
        steps = task.rollouts(network, PAPER_WEIGHTS, seeds).steps.sum()
        speeds.append(float(steps) / (time.perf_counter() - start))
    return statistics.median(speeds)


def main() -> None:
    """Prints a row a network."""
    options = arguments(__doc__)
    rows: list[dict[str, object]] = []
    for name, network in networks().items():
        reference = steps_per_second(network, PAPER_WEIGHTS, options.seconds)
        speeds = {
            width: kernel_steps_per_second(network, width, options.seconds)
            for width in supported_lanes()
        }
        row: dict[str, object] = {"network": name, "numpy steps/s": round(reference)}
        row |= {f"{width} lanes, M steps/s": speed / 1e6 for width, speed in speeds.items()}
        row["times numpy"] = round(max(speeds.values()) / reference)
        rows.append(row)
    show(machine(), rows, as_json=options.json)


if __name__ == "__main__":
    main()
