"""Whether the pole of the demo stands: for each seed, in the kernel and in a second simulator.

Run:  python -m benchmarks.demo_holds [--seeds 0,1,2,3,4,5,6,7,8,9] [--episodes 100]
          [--sim bullet/swingup] [--json]

Each row is the search of ``wann-edge demo --seed SEED``; its episodes are fresh ones. "Disturbed"
is noise, a converter of 10 bits, masses within 20 % and one period of latency together.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from benchmarks.common import machine, show
from wann_edge.cli.demo import GENERATIONS, SEARCHES, searched
from wann_edge.evaluate import episode_seeds
from wann_edge.finish.finishing import MILD
from wann_edge.network import Network
from wann_edge.parallel.engine import Engine, cores
from wann_edge.robustness.validate import Controller, fresh_of
from wann_edge.task.disturbances import NONE, Disturbances
from wann_edge.task.held import held_rule


def arguments() -> argparse.Namespace:
    """Return the options with the seeds split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    parser.add_argument("--seeds", default="0,1,2,3,4,5,6,7,8,9", help="separated by commas")
    parser.add_argument("--episodes", type=int, default=100, help="in each simulator")
    parser.add_argument("--sim", default="bullet/swingup", help="the second simulator")
    options = parser.parse_args()
    options.seeds = [int(seed) for seed in options.seeds.split(",")]
    return options


def held(network: Network, sim: str, given: Disturbances, seed: int, episodes: int) -> str:
    """Return the mean reward, and how many episodes are held."""
    with Engine(sim, cores()) as engine:
        fresh = fresh_of(
            engine,
            Controller(network, network.shared_weight),
            given,
            episode_seeds(seed + 1, episodes),
            held_rule(engine.task),
        )
    share = fresh.held_share
    return f"{fresh.mean:.1f}, {'-' if share is None else share.held}"


def row_of(options: argparse.Namespace, seed: int) -> dict[str, object]:
    """Search as the demo does, and run the controller in both simulators."""
    started_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = searched(range(seed, seed + SEARCHES), GENERATIONS, cores(), Path(folder))
    took_s = time.monotonic() - started_s
    if found is None:
        raise KeyboardInterrupt
    controller = found.controller
    row: dict[str, object] = {
        "seed": seed,
        "searches": found.settings.seed - seed + 1,
        "seconds": round(took_s),
        "connections": controller.connections,
        "origin": controller.origin,
    }
    for sim in ("swingup", options.sim):
        for name, given in (("plain", NONE), ("disturbed", MILD)):
            row[f"{sim}, {name}"] = held(controller.network, sim, given, seed, options.episodes)
    return row


def main() -> None:
    """Print a row for each seed."""
    options = arguments()
    rows = [row_of(options, seed) for seed in options.seeds]
    document = {**machine(), "cells": f"mean reward, held of {options.episodes}"}
    show(document, rows, as_json=options.json)


if __name__ == "__main__":
    main()
