"""Fit the cost of each part of an exported header on each emulated core, and write the table.

Run:  python -m benchmarks.cost_table [--networks 400] [--json]   (ten minutes)
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import compress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from benchmarks.common import show
from wann_edge.evaluate import PAPER_WEIGHTS
from wann_edge.exporters.cost.estimator import Parts, parts_of
from wann_edge.exporters.cost.runs import NAMES, runs_of
from wann_edge.kernel import activation_names
from wann_edge.network import Input, Network, Output, float32
from wann_edge.search.genome import express, initial
from wann_edge.search.mutation import mutate
from wann_edge.search.settings import preset
from wann_edge.system.cores import CORES
from wann_edge.system.files import write_whole
from wann_edge.task import Spec
from wann_edge.verify.emulated.measured_cost import cost_states, measure_cost
from wann_edge.verify.inputs import typical_states

TABLE = Path(__file__).resolve().parent.parent / "exporters" / "cost" / "cost_table.json"
STATES = 20
Reals = NDArray[np.float64]


def drawn_network(seed: int) -> Network:
    """Return a random network.

    2 to 24 inputs, 1 to 4 outputs, up to 60 hidden nodes with 1 to 5 sources each, activations
    from a random subset. A quarter of the networks have single weights, a third scaled inputs.
    The shared weight is not 1, because the compiler removes products with 1.
    """
    rng = np.random.default_rng(seed)
    inputs, outputs = int(rng.integers(2, 25)), int(rng.integers(1, 5))
    hidden = int(rng.integers(0, 61) * rng.random())
    first = 1 + inputs
    names = activation_names()
    pool = rng.choice(names, size=int(rng.integers(1, len(names) + 1)), replace=False)
    edges = []
    for target in range(first, first + hidden + outputs):
        available = min(target, first + hidden)
        most = 5 if target < first + hidden else 12
        number = min(available, int(rng.integers(1, most + 1)))
        edges += [(int(s), target) for s in np.sort(rng.choice(available, number, replace=False))]
    channels = drawn_channels(inputs, outputs, rng)
    weights = tuple(map(float32, rng.normal(size=len(edges)))) if rng.random() < 0.25 else None
    sign = rng.choice([-1, 1])
    return Network(
        *channels,
        tuple(str(name) for name in rng.choice(pool, size=hidden + outputs)),
        tuple(edges),
        weights=weights,
        shared_weight=1.0 if weights else float32(sign * rng.uniform(0.6, 1.9)),
    )


def grown_network(seed: int) -> Network:
    """Return a network made by 5 to 400 random mutations, without selection.

    Half of them have a usual shared weight, such as 1: soft floats with few digits cost less.
    """
    rng = np.random.default_rng(seed)
    inputs, outputs = int(rng.integers(2, 25)), int(rng.integers(1, 5))
    genome = initial(inputs, outputs, rng.uniform(0.1, 1.0), rng)
    odds = preset("paper").mutation
    for _ in range(int(rng.integers(5, 401))):
        genome = mutate(genome, odds, activation_names(), rng)
    spec = Spec("grown", *drawn_channels(inputs, outputs, rng), dt_s=0.01, max_steps=1)
    usual = (*PAPER_WEIGHTS, -1.5, 1.5)
    drawn = rng.choice([-1, 1]) * rng.uniform(0.6, 1.9)
    weight = float32(rng.choice(usual) if rng.random() < 0.5 else drawn)
    return replace(express(genome, spec), shared_weight=weight)


def drawn_channels(
    inputs: int, outputs: int, rng: np.random.Generator
) -> tuple[tuple[Input, ...], tuple[Output, ...]]:
    """Return inputs, a third of which are scaled, and outputs with two bounds, one or none."""
    scaled = rng.random() < 1 / 3
    numbers = (float32(rng.normal()), float32(rng.uniform(0.3, 2))) if scaled else (0.0, 1.0)
    bounds = [(-1.0, 1.0), (-np.inf, np.inf), (0.0, np.inf)][int(rng.choice(3, p=[0.7, 0.2, 0.1]))]
    return (
        tuple(Input(f"i{i}", "1", -2.0, 2.0, *numbers) for i in range(inputs)),
        tuple(Output(f"o{i}", "1", *bounds) for i in range(outputs)),
    )


def networks(count: int) -> list[Network]:
    """Return networks, three quarters of them random and one quarter grown."""
    grown = count // 4
    return [*map(drawn_network, range(count - grown)), *map(grown_network, range(grown))]


def measured(network: Network, core: str) -> tuple[float, float]:
    """Return the measured instructions and flash bytes of a network."""
    cost = measure_cost(network, core, cost_states(network, count=STATES))
    return cost.instructions_mean, cost.flash_bytes


def parts_and_runs(network: Network) -> Parts:
    """Return the counts of all parts, for the observations that ``measured`` uses."""
    seen = typical_states(network, None, STATES, np.random.default_rng(0))
    return parts_of(network) | runs_of(network, seen)


def static(parts: Parts) -> Parts:
    """Return the parts without those that depend on values, which take no flash."""
    return {name: count for name, count in parts.items() if name not in NAMES}


def fitted(parts: Sequence[Parts], values: Reals) -> dict[str, float]:
    """Fit the cost of each part, at least 0, by least squares of relative errors."""
    names = sorted(set().union(*parts))
    counts = np.array([[part.get(name, 0.0) for name in names] for part in parts])
    costs, _ = nnls(counts / values[:, np.newaxis], np.ones(len(values)))
    return dict(zip(names, costs.tolist(), strict=True))


def estimated(parts: Sequence[Parts], costs: dict[str, float]) -> Reals:
    """Return the estimates for networks of these parts."""
    return np.array([sum(n * costs.get(name, 0.0) for name, n in part.items()) for part in parts])


def row_of(core: str, kind: str, parts: Sequence[Parts], values: Reals) -> dict[str, object]:
    """Return the errors on one third of the networks of a fit to the other two thirds."""
    unseen = np.arange(len(values)) % 3 == 2
    seen_parts, unseen_parts = (list(compress(parts, rows)) for rows in (~unseen, unseen))
    guess = estimated(unseen_parts, fitted(seen_parts, values[~unseen]))
    errors = np.abs(guess / values[unseen] - 1)
    return {
        "core": core,
        "cost": kind,
        "within 10 %": f"{(errors <= 0.1).mean():.0%}",
        "mean error": f"{errors.mean():.1%}",
        "worst error": f"{errors.max():.1%}",
    }


def main() -> None:
    """Measure, fit and write the table; print its errors on networks not used in the fit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", type=int, default=400)
    parser.add_argument("--out", type=Path, default=TABLE)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    options = parser.parse_args()
    made = networks(options.networks)
    parts = [parts_and_runs(network) for network in made]
    both_parts = parts, [static(part) for part in parts]
    table: dict[str, dict[str, list[float]]] = {}
    rows: list[dict[str, object]] = []
    with ProcessPoolExecutor() as pool:
        for core in CORES:
            both = np.array(list(pool.map(partial(measured, core=core), made)))
            fits = [fitted(*each) for each in zip(both_parts, both.T, strict=True)]
            table[core] = {name: [round(fit.get(name, 0), 2) for fit in fits] for name in fits[0]}
            kinds = zip(("instructions", "flash"), both_parts, both.T, strict=True)
            rows += [row_of(core, *kind) for kind in kinds]
    write_whole(options.out, f"{json.dumps(table, indent=1)}\n".encode("ascii"))
    show({"networks": options.networks, "table": str(options.out)}, rows, as_json=options.json)


if __name__ == "__main__":
    main()
