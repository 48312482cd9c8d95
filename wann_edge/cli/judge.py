"""``wann-edge evaluate`` and ``wann-edge verify``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from wann_edge import netfile
from wann_edge.cli.show import (
    console,
    known_task,
    print_scores,
    print_verification,
    task_of,
    weights_of,
)
from wann_edge.evaluate import score
from wann_edge.network import Network
from wann_edge.registry import registered
from wann_edge.task import Task
from wann_edge.verify import Verification, prove


def run_evaluate(
    file: Path, task: str | None, episodes: int, seed: int, weights: str | None, *, as_json: bool
) -> int:
    """Prints the reward for each shared weight."""
    network = netfile.load(file)
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
    *,
    require: bool,
    as_json: bool,
) -> int:
    """Verifies on each target; 1 when anything differs, or is missing that was asked for."""
    network = netfile.load(file)
    names = list(registered("targets")) if target == "all" else target.split(",")
    require = require or target != "all"
    world = known_task(task, network)
    if as_json:
        found = prove(network, names, task=world, episodes=episodes, seed=seed, require=require)
        print(json.dumps(found.to_document(), indent=2))
        return 0 if found.ok else 1
    found = prove_with_status(network, names, world, episodes, seed, require=require)
    print_verification(found)
    if world is None:
        console.print("No task is known, so no closed loop was run: add --task.")
    return 0 if found.ok else 1


def prove_with_status(
    network: Network,
    targets: Sequence[str],
    task: Task | None,
    episodes: int,
    seed: int,
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
        )
