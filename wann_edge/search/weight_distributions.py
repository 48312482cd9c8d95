"""Weights that candidates are scored with, where they are drawn: from what, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, model_validator

from wann_edge.errors import SettingsError
from wann_edge.network import LARGEST, float32
from wann_edge.search.model import Model

if TYPE_CHECKING:
    from typing_extensions import Self

Doubles = NDArray[np.float64]
Shape = tuple[int, ...]
Weight = Annotated[float, Field(ge=-LARGEST, le=LARGEST), AfterValidator(float32)]
WeightList = Annotated[tuple[Weight, ...], Field(min_length=1, max_length=1000)]


class Listed(Model):
    """Each weight of a list is as likely."""

    kind: Literal["list"] = "list"
    weights: WeightList

    def draw(self, rng: np.random.Generator, shape: Shape) -> Doubles:
        """Weights of this shape."""
        return rng.choice(self.weights, shape)


class _Range(Model):
    """Raises SettingsError unless low is below high."""

    low: Weight
    high: Weight

    @model_validator(mode="after")
    def _ascends(self) -> Self:
        if self.low >= self.high:
            raise SettingsError(f"{self.low:g} is not below {self.high:g}", where="low")
        return self


class Uniform(_Range):
    """Between low and high."""

    kind: Literal["uniform"] = "uniform"

    def draw(self, rng: np.random.Generator, shape: Shape) -> Doubles:
        """Weights of this shape."""
        return rng.uniform(self.low, self.high, shape)


class LogUniform(_Range):
    """A magnitude between low and high whose logarithm is uniform; either sign is as likely."""

    kind: Literal["log-uniform"] = "log-uniform"

    @model_validator(mode="after")
    def _is_positive(self) -> Self:
        if self.low <= 0:
            raise SettingsError(f"{self.low:g} is no magnitude above 0", where="low")
        return self

    def draw(self, rng: np.random.Generator, shape: Shape) -> Doubles:
        """Weights of this shape: a number each, its sign that of the weight."""
        signed = rng.uniform(-1, 1, shape)
        magnitude = self.low * (self.high / self.low) ** np.abs(signed)
        return np.copysign(np.clip(magnitude, self.low, self.high), signed)


class Normal(Model):
    """With a mean and a standard deviation."""

    kind: Literal["normal"] = "normal"
    mean: Weight
    sd: float = Field(gt=0, le=LARGEST)

    def draw(self, rng: np.random.Generator, shape: Shape) -> Doubles:
        """Weights of this shape, none beyond the largest float32."""
        return np.clip(rng.normal(self.mean, self.sd, shape), -LARGEST, LARGEST)


class WeightDraws(Model):
    """How weights are drawn. docs/search.md explains each.

    count: weights that a network meets, each in all episodes. per: "rollout": each
    (weight, episode) pair has a draw of its own; "generation": each weight is the same in
    all episodes. sampling: "shared": one weight for all connections; "per-connection":
    each connection has a draw of its own.

    Raises SettingsError when a value is not valid.
    """

    distribution: Listed | Uniform | LogUniform | Normal = Field(discriminator="kind")
    count: int = Field(6, ge=1, le=1000)
    per: Literal["rollout", "generation"] = "rollout"
    sampling: Literal["shared", "per-connection"] = "shared"
