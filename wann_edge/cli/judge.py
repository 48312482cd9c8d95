"""``wann-edge evaluate`` and ``wann-edge verify``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from wann_edge.cli.fixed import fixed_network, print_precision
from wann_edge.cli.show import (
    console,
    known_task,
    print_scores,
    print_verification,
    task_of,
    weights_of,
)
from wann_edge.evaluate import score
from wann_edge.exporters import Optimize
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.registry import registered
from wann_edge.task import Task
from wann_edge.verify import Verification, prove


def run_evaluate(
    file: Path, task: str | None, episodes: int, seed: int, weights: str | None, *, as_json: bool
) -> int:
    """Prints the reward for each shared weight."""
    network = network_file.load(file)
    world = task_of(task, network)
    scores = score(network, world, weights_of(weights, network), episodes, seed)
    if as_json:
        document = {
            "network": str(file),
            "task": world.spec.name,
            "episodes": episodes,
            "seed": seed,
            "per_weight": [asdict(score) for score in scores.per_weight],
            "mean_of_weights": scores.mean_of_weights,
        }
        print(json.dumps(document, indent=2))
    else:
        title = f"{file}: {world.spec.name}, {episodes} episodes, seed {seed}"
        print_scores(scores, title)
    return 0


def run_verify(
    file: Path,
    target: str,
    task: str | None,
    episodes: int,
    seed: int,
    dtype: str,
    max_loss: float,
    optimize: Optimize,
    *,
    require: bool,
    as_json: bool,
) -> int:
    """Verifies on each target; 1 when anything differs, or is missing that was asked for, or
    when fixed point costs too much."""
    network = network_file.load(file)
    require = require or target != "all"
    world = known_task(task, network)
    fixed = fixed_network(network, dtype, world, episodes, seed, max_loss)
    network, cost = fixed or (network, None)
    names = _targets(target, in_floats=cost is None)
    if as_json:
        found = prove(
            network,
            names,
            task=world,
            episodes=episodes,
            seed=seed,
            require=require,
            optimize=optimize,
        )
        costs = {} if cost is None else {"fixed_point": {**asdict(cost), "ok": cost.ok}}
        ok = found.ok and (cost is None or cost.ok)
        print(json.dumps({**found.to_document(), **costs, "ok": ok}, indent=2))
        return 0 if ok else 1
    if cost is not None:
        print_precision(cost)
    found = prove_with_status(network, names, world, episodes, seed, optimize, require=require)
    print_verification(found)
    if world is None:
        console.print("No task is known, so no closed loop was run: add --task.")
    return 0 if found.ok and (cost is None or cost.ok) else 1


def _targets(target: str, *, in_floats: bool) -> list[str]:
    """The names of a list; or all, but for fixed point without the graph, which has none."""
    if target != "all":
        return target.split(",")
    return [name for name in registered("targets") if in_floats or name != "onnxruntime"]


def prove_with_status(
    network: Network,
    targets: Sequence[str],
    task: Task | None,
    episodes: int,
    seed: int,
    optimize: Optimize = "size",
    *,
    require: bool = True,
) -> Verification:
    """Verifies, and shows what is being run."""
    with console.status("verifying") as status:
        return prove(
            network,
            targets,
            task=task,
            episodes=episodes,
            seed=seed,
            require=require,
            on_check=lambda name: status.update(f"verifying on {name}"),
            optimize=optimize,
        )
