"""Whole searches with drawn weights: reproducible, resumable, scored with the drawn weights."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers import oracle
from helpers.commands import complaint
from wann_edge.cli import run
from wann_edge.evaluate import KernelPolicy, run_episode, scores_of
from wann_edge.kernel import Floats, supported_lanes
from wann_edge.network import Network, with_single_weights
from wann_edge.network import file as network_file
from wann_edge.parallel.engine import Engine
from wann_edge.search.episodes import candidate_seeds, validation_seeds
from wann_edge.search.run import run_search
from wann_edge.search.settings import Settings, preset
from wann_edge.search.strategy import OnePopulation
from wann_edge.sims.swingup import SPEC, SwingUp

pytestmark = pytest.mark.usefixtures("no_main_module")

RESULTS = ("champion.json", "pareto.json")
UNIFORM = {"kind": "uniform", "low": -2, "high": 2}
DRAWS = {
    "rollout shared": {"distribution": UNIFORM},
    "generation shared": {
        "distribution": {"kind": "normal", "mean": 0, "sd": 1},
        "per": "generation",
    },
    "rollout per-connection": {
        "distribution": {"kind": "log-uniform", "low": 0.1, "high": 3},
        "sampling": "per-connection",
    },
    "generation per-connection": {
        "distribution": {"kind": "list", "weights": [-2, -1, 1, 2]},
        "sampling": "per-connection",
        "per": "generation",
    },
}


def small(name: str, draws: dict[str, object]) -> Settings:
    """A search of half a second; that of islands ends a stage."""
    few = {"population": 16, "episodes": 2, "round_generations": 2, "validation_episodes": 4}
    ends = {"generations": 8, "time_limit_s": None}
    return preset(name, **few, **ends, draws={"count": 3, **draws})


def results(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in RESULTS}


@pytest.mark.parametrize("name", ["paper", "fast"])
@pytest.mark.parametrize("kind", DRAWS)
def test_neither_workers_nor_lanes_nor_a_break_change_what_is_found(
    name: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = small(name, DRAWS[kind])
    run_search("swingup", settings, tmp_path / "one")
    two = settings.model_copy(update={"workers": 2})
    run_search("swingup", two, tmp_path / "two")
    half = settings.model_copy(update={"generations": 4})
    run_search("swingup", half, tmp_path / "half")
    assert json.loads((tmp_path / "half" / "run.json").read_text())["stopped"] == "generations"
    run_search("swingup", settings, tmp_path / "half", resume=True)
    monkeypatch.setenv("WANN_LANES", str(min(supported_lanes())))
    run_search("swingup", settings, tmp_path / "narrow")
    assert results(tmp_path / "two") == results(tmp_path / "one")
    assert results(tmp_path / "half") == results(tmp_path / "one")
    assert results(tmp_path / "narrow") == results(tmp_path / "one")
    run_search("swingup", settings.model_copy(update={"seed": 1}), tmp_path / "other")
    assert results(tmp_path / "other") != results(tmp_path / "one")


def return_of(network: Network, seed: int) -> float:
    """Return an episode's return; every tenth action is compared with the oracle."""
    world = SwingUp().world()

    class Checked(KernelPolicy):
        steps = 0

        def act(self, observation: Floats) -> Floats:
            action = super().act(observation)
            if self.steps % 10 == 0:
                (near,) = oracle.forward(network, observation.tolist(), network.shared_weight)[1]
                assert abs(action.item() - near.value) <= near.error
            self.steps += 1
            return action

    total, _ = run_episode(Checked(network), world, seed, SPEC.max_steps)
    return float(total)


@pytest.mark.parametrize("generation", [0, 2])
def test_scores_per_connection_are_those_of_networks_with_these_weights(generation: int) -> None:
    """The test draws the weights as documented, and runs the episodes one by one."""
    draws = {"distribution": UNIFORM, "sampling": "per-connection"}
    settings = small("paper", draws).model_copy(update={"population": 4})
    engine = Engine(SwingUp())
    population = OnePopulation(settings, engine)
    for _ in range(generation):
        population.advance(engine, None)
    members = population.advance(engine, None).members
    seeds = candidate_seeds(settings, generation)
    for member in members:
        key = np.random.SeedSequence(settings.seed, spawn_key=(4, generation))
        shape = (len(member.network.edges), 3, len(seeds))
        drawn = np.random.default_rng(key).uniform(-2, 2, shape).astype(np.float32)
        for w, score in enumerate(member.scores):
            networks = [with_single_weights(member.network, drawn[:, w, e]) for e in range(2)]
            returns = [return_of(n, seed) for n, seed in zip(networks, seeds, strict=True)]
            assert score == np.mean(returns)
    assert len({member.scores for member in members}) > 1


@pytest.mark.parametrize("kind", DRAWS)
def test_the_champion_is_written_with_the_weights_that_tested_best(
    kind: str, tmp_path: Path
) -> None:
    settings = small("fast", DRAWS[kind])
    result = run_search("swingup", settings, tmp_path)
    champion = network_file.load(tmp_path / "champion.json")
    assert champion == result.champion
    assert (champion.weights is None) == kind.endswith("shared")
    assert champion.weights is None or champion.shared_weight == 1.0
    seeds = validation_seeds(settings)
    (own,) = scores_of(
        SwingUp().rollouts(champion, (champion.shared_weight,), seeds).returns,
        (champion.shared_weight,),
    ).per_weight
    assert own == result.scores.best
    assert result.scores.mean_of_weights < own.mean
    provenance = champion.provenance["settings"]
    assert isinstance(provenance, dict)
    assert provenance["draws"]["count"] == 3
    entry = json.loads((tmp_path / "pareto.json").read_text())["networks"][-1]
    assert network_file.from_json(json.dumps(entry["network"])) == champion
    bare = replace(result.front[-1].network, provenance={})
    assert (bare.weights, bare.edges) == (None, champion.edges)


SEARCH = [
    "search",
    "--finish",
    "0",
    "swingup",
    "--population",
    "8",
    "--generations",
    "2",
    "--workers",
    "1",
]


@pytest.mark.parametrize(
    ("options", "draws"),
    [
        (["--weights", "uniform:-2,2"], {"distribution": UNIFORM}),
        (
            ["--weights", " log-uniform:0.5, 2", "--weights-per", "generation", "--draws", "4"],
            {
                "distribution": {"kind": "log-uniform", "low": 0.5, "high": 2},
                "per": "generation",
                "count": 4,
            },
        ),
        (
            ["--weights", "-1,3", "--sampling", "per-connection"],
            {
                "distribution": {"kind": "list", "weights": [-1, 3]},
                "sampling": "per-connection",
            },
        ),
        (
            ["--weights", "-1,3", "--weights-per", "rollout"],
            {"distribution": {"kind": "list", "weights": [-1, 3]}},
        ),
        (["--weights", "-1,3"], None),
        (["--sampling", "shared"], None),
    ],
)
def test_options_name_the_draws(
    options: list[str], draws: dict[str, object] | None, tmp_path: Path
) -> None:
    assert run([*SEARCH, *options, "--out", str(tmp_path)]) == 0
    told = json.loads((tmp_path / "run.json").read_text())["settings"]
    expected = preset("fast", draws=draws).draws
    assert told.get("draws") == (expected and expected.model_dump(mode="json"))
    if options == ["--weights", "-1,3"]:
        assert told["shared_weights"] == [-1, 3]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--weights", ""], "'' is neither a list of finite numbers nor a distribution"),
        (["--weights", "1,,2"], "neither a list"),
        (["--weights", "cauchy:0,1"], "neither a list"),
        (["--weights", "uniform:1"], "neither a list"),
        (["--weights", "uniform:1,nan"], "neither a list"),
        (["--weights", "uniform:2,-2"], "low 2 is not below -2"),
        (["--weights", "normal:0,-1"], "sd must be above 0, not -1"),
        (["--weights", "log-uniform:-1,2"], "low -1 is not above 0"),
        (["--weights-per", "day"], "--weights-per"),
        (["--sampling", "all"], "--sampling"),
        (["--draws", "0"], "--draws"),
        (["--draws", "3"], "a list of weights is not drawn from"),
        (["--resume", ".", "--weights", "1"], "keeps its task, weights, episodes"),
        (["--resume", ".", "--episodes", "1"], "keeps its task, weights, episodes"),
    ],
)
def test_bad_options_get_one_line(
    options: list[str],
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in complaint(capsys, *SEARCH, *options)
    assert list(tmp_path.iterdir()) == []
