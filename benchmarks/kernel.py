"""Measure environment steps per second on one core, and the time of a generation's breeding.

Each lane width is compared with the numpy reference. The breeding time is that of a
generation without its evaluation.

Run:  python -m benchmarks.kernel [--json]
"""

from __future__ import annotations

import os
import statistics
import time

import numpy as np

from benchmarks.common import DATA, arguments, machine, show
from benchmarks.reference import steps_per_second
from wann_edge.evaluate import PAPER_WEIGHTS
from wann_edge.kernel import activation_names, supported_lanes
from wann_edge.network import Network
from wann_edge.network.published import read_published
from wann_edge.search.genome import Genome, initial, network_of, wiring
from wann_edge.search.mutation import add_connection, add_node
from wann_edge.search.population import Member, Population
from wann_edge.search.settings import preset
from wann_edge.sims.swingup import SPEC, SwingUp

EPISODES = 320
POPULATION = 192
HIDDEN = 30


def networks() -> dict[str, Network]:
    """Return the networks to time."""
    nodes = 1 + len(SPEC.inputs)
    return {
        "7 nodes, fully connected": Network(
            SPEC.inputs, SPEC.outputs, ("linear",), tuple((i, nodes) for i in range(nodes))
        ),
        "29 nodes, published champion": read_published(
            DATA / "champions" / "swing.out", inputs=5, outputs=1, task=SPEC
        ),
        "98 nodes, published sample run": read_published(
            DATA / "log" / "sample_best.out", inputs=5, outputs=1, task=SPEC
        ),
    }


def kernel_steps_per_second(network: Network, width: int, seconds: float) -> float:
    """Return the median over repeated batches of six weights with 320 episodes each."""
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


def speed_rows(seconds: float) -> list[dict[str, object]]:
    """Return one row per network: the reference, each width, and the best as its multiple."""
    rows: list[dict[str, object]] = []
    for name, network in networks().items():
        reference = steps_per_second(network, PAPER_WEIGHTS, seconds)
        speeds = {
            width: kernel_steps_per_second(network, width, seconds) for width in supported_lanes()
        }
        row: dict[str, object] = {"network": name, "numpy, steps/s": round(reference)}
        row |= {f"{width} lanes, M/s": speed / 1e6 for width, speed in speeds.items()}
        row["times numpy"] = round(max(speeds.values()) / reference)
        rows.append(row)
    return rows


def grown(rng: np.random.Generator) -> Genome:
    """Return a genome of 30 hidden nodes, made by 30 added nodes and 30 added connections."""
    genome = initial(len(SPEC.inputs), len(SPEC.outputs), 1.0, rng)
    while len(genome.hidden) < HIDDEN:
        genome = add_connection(add_node(genome, activation_names(), rng), rng)
    return genome


def milliseconds_outside_evaluation(seconds: float) -> float:
    """Return the median time to breed, pack and rank a generation."""
    rng = np.random.default_rng(0)
    population = Population(preset("paper", population=POPULATION), SPEC)
    population.tell(rng.random((len(population.ask()), 6)))
    genomes = [grown(rng) for _ in range(POPULATION)]
    wired = [wiring(genome) for genome in genomes]
    networks = [network_of(w.activations, w.edges, SPEC) for w in wired]
    scores = rng.random((POPULATION, 6))
    population.members = [
        Member(genome, network, w.reaching, len(network.edges), tuple(row))
        for genome, network, w, row in zip(genomes, networks, wired, scores.tolist(), strict=True)
    ]
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        made_up = rng.random((POPULATION, 6))
        start = time.perf_counter()
        candidates = population.ask()
        for network in candidates:
            _ = network.program
        population.tell(made_up[: len(candidates)])
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def main() -> None:
    """Print one row per network, and the breeding time."""
    options = arguments(__doc__)
    outside = milliseconds_outside_evaluation(options.seconds)
    document = machine() | {
        f"ms outside evaluation, population {POPULATION}, {HIDDEN} hidden nodes": round(outside, 2)
    }
    show(document, speed_rows(options.seconds), as_json=options.json)


if __name__ == "__main__":
    main()
