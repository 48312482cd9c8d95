"""The settings of a search."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, model_validator

from wann_edge.errors import SettingsError
from wann_edge.evaluate import PAPER_WEIGHTS
from wann_edge.kernel import activation_names
from wann_edge.search.complexity import known
from wann_edge.search.genome import Genome, check_links
from wann_edge.search.niches import Niches
from wann_edge.search.presets import PRESETS
from wann_edge.search.settings_model import SettingsModel
from wann_edge.search.weight_distributions import WeightDraws, WeightList
from wann_edge.task import Task, takes_many
from wann_edge.task.disturbances import NONE, Disturbances
from wann_edge.task.practice import Practice
from wann_edge.task.scaling import Scale, Statistics

if TYPE_CHECKING:
    from typing_extensions import Self

# The most episodes, and the most networks drawn for tournaments, of one generation.
MOST_EPISODES = 100_000_000
MOST_DRAWN = 10_000_000

Probability = Annotated[float, Field(ge=0, le=1)]
_Start = Annotated[Genome, AfterValidator(check_links)]


class MutationOdds(SettingsModel):
    """The odds of each mutation, of which only the ratios count. The defaults are the paper's.

    Attributes:
        add_connection: connect two nodes that are not connected (float, default 0.2).
        add_node: split a connection (float, default 0.25).
        enable: enable a disabled connection (float, default 0.05).
        change_activation: change the activation of a hidden node (float, default 0.5).
        remove_connection: delete a connection; not in the paper (float, default 0).
        move_connection: change one end of a connection; not in the paper (float, default 0).
    """

    unwritten = (("move_connection", 0.0),)

    add_connection: float = Field(0.20, ge=0)
    add_node: float = Field(0.25, ge=0)
    enable: float = Field(0.05, ge=0)
    change_activation: float = Field(0.50, ge=0)
    remove_connection: float = Field(0.0, ge=0)
    move_connection: float = Field(0.0, ge=0)

    @property
    def total(self) -> float:
        """The sum of the odds."""
        odds: list[float] = [getattr(self, name) for name in type(self).model_fields]
        return sum(odds)


class Settings(SettingsModel):
    """The settings of a search. docs/search.md explains each.

    Attributes:
        preset: the name of the preset that they began as (str, default "custom").
        population: networks in a generation (int, default 192).
        generations: stop after so many; None for no limit (int, default None).
        time_limit_s: stop after so many seconds; None for no limit (float, default None).
        seed: every random number derives from it (int, default 0).
        workers: processes (int, default 1).
        shared_weights: the weights of a score (floats, default the paper's six).
        draws: draw weights in place of ``shared_weights`` (WeightDraws, default None).
        episodes: episodes for each weight (int, default 3).
        finalists: the best networks of a generation, which run more episodes (int, default 0).
        finalist_episodes: these extra episodes (int, default 3).
        scale: how inputs and outputs are scaled: none, bounds or auto; None for the task's default,
            which is bounds for gymnasium environments (str, default None).
        input_statistics: for scale auto, the offset and scale of each input that has no finite
            bounds; None to measure them (pairs, default None).
        practice: rules of the episodes that score candidates (Practice, default none).
        disturbances: disturbances of all episodes, validation included (Disturbances, default
            none).
        fixed_episodes: use the same episodes and draws in all generations, so that each network
            is scored once (bool, default False).
        islands: populations that race; several need ``fixed_episodes`` (int, default 1).
        round_generations: generations between two comparisons of islands (int, default 16).
        stage_rounds: rounds of the first stage of a race (int, default 1).
        bracket_doublings: how many races are twice as long as the one before (int, default 2).
        validation_episodes: episodes for each weight on which champions are compared (int,
            default 20).
        initial_enable_probability: the probability of each initial connection (float, default
            0.5).
        start: the genomes that each population begins with, by ascending mean; None for random
            ones (Genomes, default None).
        niches: draw parents uniformly from all niches, in place of ranking and tournaments; needs
            ``fixed_episodes`` (Niches, default None).
        first_heat: the episodes of the first heat, which double from heat to heat; None for one
            heat of all episodes. Needs ``niches`` and no ``draws`` (int, default None).
        tournament_size: networks in each of two tournaments whose better winner becomes the
            parent, as in the published code (int, default 8).
        cull_ratio: the share of the population that is dropped (float, default 0.2).
        elite_ratio: the share of the rest that is kept unchanged (float, default 0.2).
        complexity: what is weighed against reward: connections, nodes, instructions:CORE or
            flash_bytes:CORE (str, default "connections").
        complexity_probability: the probability of ranking a generation by (mean, 1 / complexity)
            and not by (mean, best) (float, default 0.8).
        published_crowding: use the crowding of the published code, see
            ``ranking.crowding`` (bool, default False).
        hidden_links_stay_on: enable all links between hidden nodes, as the published code does,
            see ``genome.as_published`` (bool, default False).
        mutation: the odds of each mutation (MutationOdds, default the paper's).
        mutate_again: the probability of one more mutation after each (float, default 0).
        activations: the activations of hidden nodes (names, default all).

    Raises:
        SettingsError: a value is not valid, or two exclude each other.
    """

    unwritten = (
        ("draws", None),
        ("start", None),
        ("niches", None),
        ("first_heat", None),
        ("complexity", "connections"),
        ("finalists", 0),
        ("finalist_episodes", 3),
        ("scale", None),
        ("input_statistics", None),
        ("practice", asdict(Practice())),
        ("disturbances", asdict(NONE)),
        ("mutate_again", 0.0),
    )

    preset: str = Field("custom", max_length=64)
    population: int = Field(192, ge=2, le=100_000)
    generations: int | None = Field(None, ge=1, le=10**9)
    time_limit_s: float | None = Field(None, gt=0, le=1e9)
    seed: int = Field(0, ge=0, lt=2**64)
    workers: int = Field(1, ge=1, le=1024)
    shared_weights: WeightList = PAPER_WEIGHTS
    draws: WeightDraws | None = None
    episodes: int = Field(3, ge=1, le=10_000)
    finalists: int = Field(0, ge=0, le=100_000)
    finalist_episodes: int = Field(3, ge=1, le=10_000)
    scale: Scale | None = None
    input_statistics: Statistics | None = None
    practice: Practice = Practice()
    disturbances: Disturbances = NONE
    fixed_episodes: bool = False
    islands: int = Field(1, ge=1, le=1024)
    round_generations: int = Field(16, ge=1, le=1_000_000)
    stage_rounds: int = Field(1, ge=1, le=1_000_000)
    bracket_doublings: int = Field(2, ge=0, le=64)
    validation_episodes: int = Field(20, ge=1, le=10_000)
    initial_enable_probability: Probability = 0.5
    start: Annotated[tuple[_Start, ...], Field(min_length=1)] | None = None
    niches: Niches | None = None
    first_heat: int | None = Field(None, ge=1, le=10_000)
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
        self._check_amounts()
        self._check_episodes()
        if self.mutation.total == 0:
            raise SettingsError(
                "all odds are 0", where="mutation", remedy="give at least one of them above 0"
            )
        unknown = set(self.activations) - set(activation_names())
        if unknown or len(set(self.activations)) < len(self.activations):
            raise SettingsError(
                f"unknown activation {min(unknown)[:40]!r}" if unknown else "a name twice",
                where="activations",
                remedy=f"use some of {', '.join(activation_names())}",
            )
        return self

    def _check_amounts(self) -> None:
        """Check what takes memory for each member of the population."""
        weights = len(self.shared_weights) if self.draws is None else self.draws.count
        for name, each, most in (
            ("episodes", weights * self.episodes, MOST_EPISODES),
            ("tournament_size", self.tournament_size, MOST_DRAWN),
        ):
            if self.population * each > most:
                raise SettingsError(
                    f"{self.population} networks times {each} is more than {most:.0e}",
                    where=name,
                    remedy="give a smaller population, or fewer",
                )

    def _check_episodes(self) -> None:
        """Check what needs fixed episodes, and what excludes islands or niches."""
        for name, is_used in (("islands", self.islands > 1), ("niches", self.niches is not None)):
            if is_used and not self.fixed_episodes:
                raise SettingsError(
                    f"{name} need fixed_episodes",
                    where=name,
                    remedy="set fixed_episodes, as preset diverse does",
                )
        if self.islands > 1 and self.finalists:
            raise SettingsError(
                "islands have no finalists",
                where="finalists",
                remedy="use one island, as preset slow does",
            )
        if self.first_heat is not None and (self.niches is None or self.draws is not None):
            raise SettingsError(
                "heats need niches, and weights that are not drawn",
                where="first_heat",
                remedy="use preset diverse, and a list of weights",
            )


def usual_preset(task: Task) -> str:
    """Return the preset that a search of this task uses by default."""
    return "fast" if takes_many(task) else "slow"


def preset(name: str, **changes: object) -> Settings:
    """Return the settings of a preset.

    Args:
        name: the name of the preset.
        changes: settings to change.

    Raises:
        SettingsError: the name is unknown, or a value is not valid.
    """
    if name not in PRESETS:
        raise SettingsError(
            f"unknown preset {name!r}", where="preset", remedy=f"use one of {', '.join(PRESETS)}"
        )
    return Settings.model_validate({"preset": name, **PRESETS[name], **changes})
