"""The presets: named settings of a search, each with its description."""

from __future__ import annotations

from typing import Any

from wann_edge.network.published import PUBLISHED_ACTIVATIONS

PRESET_HELP = {
    "paper": "the swing-up search of Gaier & Ha (2019), as the published code runs it",
    "fast": "the same method, made for seconds on two cores: islands that race",
    "diverse": "niches of complexity, for tasks with few good solutions, such as walking",
    "slow": "a small population, for simulators of thousands of steps a second",
}

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
