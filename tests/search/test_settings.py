"""Settings: what is wrong is told in one line; the presets are what they say."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from wann_edge.errors import SettingsError
from wann_edge.evaluate import PAPER_WEIGHTS
from wann_edge.network.published import PUBLISHED_ACTIVATIONS
from wann_edge.search.mutation import OPERATORS
from wann_edge.search.niches import Niches
from wann_edge.search.presets import PRESET_HELP, PRESETS
from wann_edge.search.settings import MutationOdds, Settings, preset
from wann_edge.search.weight_distributions import WeightDraws


def test_the_paper_preset_is_the_published_one(data: Path) -> None:
    folder = data / "wann-release" / "hyperparameters"
    published = json.loads((folder / "default_wan.json").read_text())
    published |= json.loads((folder / "swingup.json").read_text())
    paper = preset("paper")
    assert published.pop("task") == "swingup"
    assert published.pop("prob_crossover") == 0  # there is none
    assert published.pop("alg_wDist") == "standard"  # the six weights of the paper
    assert published.pop("alg_nVals") == len(PAPER_WEIGHTS)
    assert published.pop("save_mod") > 0  # how often it saves: nothing of the method
    assert paper.shared_weights == PAPER_WEIGHTS
    assert published == {
        "alg_nReps": paper.episodes,
        "alg_probMoo": paper.complexity_probability,
        "maxGen": paper.generations,
        "popSize": paper.population,
        "prob_mutAct": paper.mutation.change_activation,
        "prob_addNode": paper.mutation.add_node,
        "prob_addConn": paper.mutation.add_connection,
        "prob_enable": paper.mutation.enable,
        "prob_initEnable": paper.initial_enable_probability,
        "select_cullRatio": paper.cull_ratio,
        "select_eliteRatio": paper.elite_ratio,
        "select_tournSize": paper.tournament_size,
        "bestReps": paper.validation_episodes,
    }
    assert paper.mutation.remove_connection == 0
    assert not paper.fixed_episodes
    # Slips that are not in the hyperparameters.
    assert paper.published_crowding
    assert paper.hidden_links_stay_on
    assert paper.activations == PUBLISHED_ACTIVATIONS
    assert "activations" in PRESETS["paper"], "named, not all there are"


def test_every_preset_has_a_description() -> None:
    assert list(PRESET_HELP) == list(PRESETS)


def test_every_mutation_has_odds() -> None:
    assert OPERATORS.keys() == MutationOdds.model_fields.keys()
    assert len(OPERATORS) == 6


def documented(model: type[BaseModel]) -> list[str]:
    """The names under Attributes in a docstring, in their order."""
    _, _, lines = inspect.getdoc(model).partition("Attributes:\n")  # type: ignore[union-attr]
    return re.findall(r"^    (\w+): ", lines.partition("\n\n")[0], re.MULTILINE)


@pytest.mark.parametrize("model", [Settings, MutationOdds, Niches, WeightDraws])
def test_every_setting_is_documented_in_a_line(model: type[BaseModel]) -> None:
    assert documented(model) == [*model.model_fields]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_settings_that_can_be_changed(name: str) -> None:
    changed = preset(name, seed=3, population=10)
    assert (changed.preset, changed.seed, changed.population) == (name, 3, 10)
    assert preset(name).seed == 0
    assert Settings.model_validate_json(changed.model_dump_json()) == changed


def test_weights_are_rounded_to_float32() -> None:
    assert preset("paper", shared_weights=[0.1]).shared_weights == (0.10000000149011612,)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"population": 1}, "population: must be at least 2, not 1"),
        ({"population": "many"}, "population: must be a whole number, not many"),
        ({"populaton": 9}, "populaton: unknown setting"),
        ({"generations": 0}, "generations: "),
        ({"generations": None}, "settings: a search needs an end; give generations or"),
        ({"time_limit_s": 0}, "time_limit_s: "),
        ({"time_limit_s": float("nan")}, "time_limit_s: "),
        ({"time_limit_s": float("inf")}, "time_limit_s: "),
        ({"seed": -1}, "seed: "),
        ({"workers": 0}, "workers: "),
        ({"shared_weights": []}, "shared_weights: "),
        ({"shared_weights": [1e39]}, "shared_weights.0: "),
        ({"episodes": 0}, "episodes: "),
        ({"tournament_size": 0}, "tournament_size: "),
        ({"cull_ratio": 1.0}, "cull_ratio: "),
        ({"elite_ratio": 1.1}, "elite_ratio: "),
        ({"complexity_probability": -0.1}, "complexity_probability: "),
        ({"mutation": {"add_node": -1}}, "add_node: "),
        ({"mutation": {"add_nodes": 1}}, "add_nodes: unknown setting"),
        ({"activations": []}, "activations: "),
        ({"activations": ["sin", "sinus"]}, "activations: unknown activation 'sinus'; use some of"),
        ({"activations": ["sin", "sin"]}, "activations: a name twice"),
    ],
)
def test_a_wrong_value_is_told_in_one_line(changes: dict[str, object], line: str) -> None:
    with pytest.raises(SettingsError) as raised:
        preset("paper", **changes)
    assert str(raised.value).startswith(line)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 250


def test_odds_of_nothing_are_refused() -> None:
    none = dict.fromkeys(preset("paper").mutation.model_dump(), 0)
    with pytest.raises(SettingsError, match="mutation: all odds are 0"):
        preset("paper", mutation=none)


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(SettingsError, match="unknown preset 'best'; use one of paper, fast"):
        preset("best")


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, field in Settings.model_fields.items()
        if field.annotation in (int, int | None)
    ],
)
def test_every_count_has_a_limit(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name}: must be (at most|below) "):
        Settings.model_validate({"generations": 1, name: 10**12 if name != "seed" else 2**64})
