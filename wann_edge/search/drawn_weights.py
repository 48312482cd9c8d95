"""The weights of a generation and of validation: listed, or drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from wann_edge.evaluate import Scores, Weights
from wann_edge.kernel import Floats
from wann_edge.network import Network, with_single_weights
from wann_edge.search.settings import Settings
from wann_edge.search.weight_distributions import WeightDraws
from wann_edge.system.seeds import Use, generator


@dataclass(frozen=True)
class DrawnWeights:
    """Drawn weights, as a rule that ``evaluate.rollouts`` takes: the same in every process.

    Draws are numbered by connection, then weight, then episode, in one stream. So connection
    number i of all networks (in the order of ``Network.edges``) has the same draws, whatever the
    number of connections; a shared weight is the draw of connection 0.

    Attributes:
        draws: the distribution and the number of weights.
        seed: the seed of the search.
        use: the use of the seed.
        generation: the generation; 0 where all have the same.
    """

    draws: WeightDraws
    seed: int
    use: Use
    generation: int

    def __call__(self, network: Network, episodes: int) -> Floats:
        """Return float32 [weights, episodes], or [weights, episodes, edges]."""
        columns = episodes if self.draws.per == "rollout" else 1
        if self.draws.sampling == "shared":
            found = _table(self, 1, columns)[0]
        else:
            edges = len(network.edges)
            found = np.moveaxis(_table(self, _room(edges), columns)[:edges], 0, -1)
        return np.broadcast_to(found, (self.draws.count, episodes, *found.shape[2:]))


@lru_cache(maxsize=8)
def _table(drawn: DrawnWeights, connections: int, columns: int) -> Floats:
    """Return draws [connections, weights, columns]; a table of fewer connections is its start."""
    rng = generator(drawn.seed, drawn.use, drawn.generation)
    shape = (connections, drawn.draws.count, columns)
    return drawn.draws.distribution.draw(rng, shape).astype(np.float32)


def _room(edges: int) -> int:
    """Return a power of two of at least ``edges``, so that networks of many sizes share a table."""
    return 1 << max(6, (edges - 1).bit_length())


def candidate_weights(settings: Settings, generation: int) -> Weights:
    """Return the weights that all candidates of a generation are scored with.

    With fixed episodes they are the same in the whole run, because scores are kept.
    """
    number = 0 if settings.fixed_episodes else generation
    return _weights(settings, settings.draws, Use.CANDIDATE_WEIGHTS, number)


def validation_weights(settings: Settings) -> Weights:
    """Return the weights that champions are compared with, each the same in all episodes."""
    draws = settings.draws and settings.draws.model_copy(update={"per": "generation"})
    return _weights(settings, draws, Use.VALIDATION_WEIGHTS, 0)


def _weights(settings: Settings, draws: WeightDraws | None, use: Use, number: int) -> Weights:
    if draws is None:
        return settings.shared_weights
    drawn = DrawnWeights(draws, settings.seed, use, number)
    if draws.sampling == "shared" and draws.per == "generation":
        return tuple(_table(drawn, 1, 1)[0, :, 0].tolist())
    return drawn


def shared_weights_of(weights: Weights, count: int) -> tuple[float, ...]:
    """Return the shared weight of each of ``count`` rows of returns: 1 with single weights."""
    return (1.0,) * count if callable(weights) else tuple(weights)


def with_best_weights(network: Network, scores: Scores, settings: Settings) -> Network:
    """Return the network with the validation weights that scored best, shared or single."""
    weights = validation_weights(settings)
    if not callable(weights):
        return replace(network, shared_weight=scores.best.weight)
    best = scores.per_weight.index(scores.best)
    return with_single_weights(network, weights(network, 1)[best, 0].tolist())
