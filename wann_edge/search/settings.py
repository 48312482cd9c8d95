"""Settings of a search, and the presets."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from wann_edge.errors import SettingsError
from wann_edge.evaluate import PAPER_WEIGHTS
from wann_edge.kernel import activation_names
from wann_edge.network.published import PUBLISHED_ACTIVATIONS
from wann_edge.search.complexity import known
from wann_edge.search.genome import Genome
from wann_edge.search.model import Model
from wann_edge.search.niches import Niches
from wann_edge.search.weight_distributions import WeightDraws, WeightList
from wann_edge.task import Task, takes_many
from wann_edge.task.disturbances import NONE, Disturbances
from wann_edge.task.practice import Practice

if TYPE_CHECKING:
    from typing_extensions import Self

Probability = Annotated[float, Field(ge=0, le=1)]


class MutationOdds(Model):
    """How often each mutation is drawn; only the ratios count.

    The defaults are the paper's. ``remove_connection`` and ``move_connection`` are not in
    the paper.
    """

    unsaid = (("move_connection", 0.0),)

    add_connection: float = Field(0.20, ge=0)
    add_node: float = Field(0.25, ge=0)
    enable: float = Field(0.05, ge=0)
    change_activation: float = Field(0.50, ge=0)
    remove_connection: float = Field(0.0, ge=0)
    move_connection: float = Field(0.0, ge=0)

    @property
    def total(self) -> float:
        """The sum that the odds are measured against."""
        return (
            self.add_connection
            + self.add_node
            + self.enable
            + self.change_activation
            + self.remove_connection
            + self.move_connection
        )


class Settings(Model):
    """All that a search is told. docs/search.md explains each.

    population: networks a generation. episodes: for each shared weight.
    finalists: the best of a generation, which run finalist_episodes more. practice: rules
    of the episodes that candidates are scored on. disturbances: of all episodes, those of
    champions too.
    generations, time_limit_s: the search ends at whichever comes first; None: no such limit.
    draws: weights are drawn, instead of those of shared_weights.
    fixed_episodes: the same episodes and draws in all generations, so a network is scored
    once.
    islands: populations that race; 1 is the paper's single one. Several need
    fixed_episodes, for their scores are compared. round_generations: what each runs
    before they are compared. stage_rounds: rounds of a race's first stage.
    bracket_doublings: how many races are twice as long as the one before.
    validation_episodes: for each shared weight, where champions are compared.
    start: what every population begins with, by ascending mean; None: random networks.
    niches: in place of ranking and tournaments, parents are drawn from all niches alike,
    and their best stay beside as many children as the population; needs fixed_episodes.
    first_heat: so many episodes a network runs first, then twice as many in all and so on, as
    long as it is not behind all of its niche; None: all at once. Needs niches, and no draws.
    tournament_size: of each of the two tournaments whose better winner is the parent, as
    in the published code; so twice as many compete.
    cull_ratio: of the population. elite_ratio: of those that are left.
    complexity: what the front and the ranking hold against reward: connections,
    nodes, instructions:CORE or flash_bytes:CORE.
    complexity_probability: of ranking a generation by (mean, 1 / complexity), not by
    (mean, best). published_crowding, hidden_links_stay_on: two slips of the published
    code, see rank.crowding and genome.as_published.
    mutate_again: how likely a mutant is mutated once more, and then once more again.

    Raises SettingsError when a value is not valid.
    """

    unsaid = (
        ("draws", None),
        ("start", None),
        ("niches", None),
        ("first_heat", None),
        ("complexity", "connections"),
        ("finalists", 0),
        ("finalist_episodes", 3),
        ("practice", asdict(Practice())),
        ("disturbances", asdict(NONE)),
        ("mutate_again", 0.0),
    )

    preset: str = Field("custom", max_length=64)
    population: int = Field(192, ge=2, le=1_000_000)
    generations: int | None = Field(None, ge=1)
    time_limit_s: float | None = Field(None, gt=0)
    seed: int = Field(0, ge=0, lt=2**64)
    workers: int = Field(1, ge=1, le=1024)
    shared_weights: WeightList = PAPER_WEIGHTS
    draws: WeightDraws | None = None
    episodes: int = Field(3, ge=1, le=100_000)
    finalists: int = Field(0, ge=0)
    finalist_episodes: int = Field(3, ge=1, le=100_000)
    practice: Practice = Practice()
    disturbances: Disturbances = NONE
    fixed_episodes: bool = False
    islands: int = Field(1, ge=1, le=1024)
    round_generations: int = Field(16, ge=1)
    stage_rounds: int = Field(1, ge=1)
    bracket_doublings: int = Field(2, ge=0, le=64)
    validation_episodes: int = Field(20, ge=1, le=100_000)
    initial_enable_probability: Probability = 0.5
    start: Annotated[tuple[Genome, ...], Field(min_length=1)] | None = None
    niches: Niches | None = None
    first_heat: int | None = Field(None, ge=1)
    tournament_size: int = Field(8, ge=1, le=1_000_000)
    cull_ratio: float = Field(0.2, ge=0, lt=1)
    elite_ratio: Probability = 0.2
    complexity: Annotated[str, AfterValidator(known)] = "connections"
    complexity_probability: Probability = 0.8
    published_crowding: bool = False
    hidden_links_stay_on: bool = False
    mutation: MutationOdds = MutationOdds()
    mutate_again: float = Field(0.0, ge=0, lt=1)
    activations: tuple[str, ...] = Field(activation_names(), min_length=1)

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if self.generations is None and self.time_limit_s is None:
            raise SettingsError(
                "a search needs an end",
                where="settings",
                remedy="give generations or time_limit_s, or both",
            )
        if self.islands > 1 and not self.fixed_episodes:
            raise SettingsError("islands need fixed_episodes", where="islands")
        if self.islands > 1 and self.finalists:
            raise SettingsError(
                "islands have no finalists",
                where="finalists",
                remedy="use one island, as slow does",
            )
        if self.niches is not None and not self.fixed_episodes:
            raise SettingsError("niches need fixed_episodes", where="niches")
        if self.first_heat is not None and (self.niches is None or self.draws is not None):
            raise SettingsError(
                "heats need niches, and weights that are not drawn",
                where="first_heat",
                remedy="use preset diverse, and a list of weights",
            )
        if self.mutation.total == 0:
            raise SettingsError("all odds are 0", where="mutation")
        unknown = set(self.activations) - set(activation_names())
        if unknown or len(set(self.activations)) < len(self.activations):
            raise SettingsError(
                f"unknown activation {min(unknown)[:40]!r}" if unknown else "a name twice",
                where="activations",
                remedy=f"use some of {', '.join(activation_names())}",
            )
        return self


# paper: the swing-up of Gaier & Ha (2019), as the published code runs it.
# fast: the same method for seconds on two cores; docs/search.md says why and how well.
# diverse: for tasks with few ways to be good, such as walking.
# slow: for simulators of thousands of steps a second, not millions.
PRESETS: dict[str, dict[str, Any]] = {
    "paper": {
        "generations": 1024,
        "published_crowding": True,
        "hidden_links_stay_on": True,
        "activations": PUBLISHED_ACTIVATIONS,
    },
    "fast": {
        "time_limit_s": 20.0,
        "episodes": 8,
        "fixed_episodes": True,
        "islands": 8,
        "complexity_probability": 0.0,
        "tournament_size": 2,
        "mutation": {"remove_connection": 0.15},
    },
    "diverse": {
        "time_limit_s": 600.0,
        "episodes": 5,
        "fixed_episodes": True,
        "islands": 8,
        "round_generations": 8,
        "stage_rounds": 4,
        "initial_enable_probability": 0.1,
        "niches": {},
        "mutation": {"remove_connection": 0.15, "move_connection": 0.35},
        "mutate_again": 0.6,
    },
    "slow": {
        "time_limit_s": 600.0,
        "population": 32,
        "episodes": 1,
        "validation_episodes": 5,
        "initial_enable_probability": 0.25,
        "complexity_probability": 0.0,
        "tournament_size": 2,
        "mutation": {"remove_connection": 0.15},
    },
}


def usual_preset(task: Task) -> str:
    """The preset for a task where none was asked for."""
    return "fast" if takes_many(task) else "slow"


def preset(name: str, **changes: object) -> Settings:
    """The settings of this name, with some of them changed.

    Raises SettingsError on an unknown name or a value that is not valid.
    """
    if name not in PRESETS:
        raise SettingsError(
            f"unknown preset {name!r}", where="preset", remedy=f"use one of {', '.join(PRESETS)}"
        )
    return Settings.model_validate({"preset": name, **PRESETS[name], **changes})
