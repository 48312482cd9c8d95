"""Distributions of the weights that candidates are scored with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, model_validator

from wann_edge.errors import SettingsError
from wann_edge.network import LARGEST, float32
from wann_edge.search.settings_model import SettingsModel

if TYPE_CHECKING:
    from typing_extensions import Self

Doubles = NDArray[np.float64]
Shape = tuple[int, ...]
Weight = Annotated[float, Field(ge=-LARGEST, le=LARGEST), AfterValidator(float32)]
WeightList = Annotated[tuple[Weight, ...], Field(min_length=1, max_length=1000)]


class Choice(SettingsModel):
    """A uniform choice from a list of weights."""

    kind: Literal["list"] = "list"
    weights: WeightList

    def draw(self, rng: np.random.Generator, shape: Shape) -> Doubles:
        """Return weights of this shape."""
        return rng.choice(self.weights, shape)


class _Interval(SettingsModel):
    """Two ends. Raises SettingsError unless low is below high."""

    low: Weight
    high: Weight

    @model_validator(mode="after")
    def _ascends(self) -> Self:
        if self.low >= self.high:
            raise SettingsError(
                f"{self.low:g} is not below {self.high:g}", where="low", remedy="give low < high"
            )
        return self


class Uniform(_Interval):
    """Uniform between low and high."""

    kind: Literal["uniform"] = "uniform"

    def draw(self, rng: np.random.Generator, shape: Shape) -> Doubles:
        """Return weights of this shape."""
        return rng.uniform(self.low, self.high, shape)


class LogUniform(_Interval):
    """A log-uniform magnitude between low and high, with a random sign."""

    kind: Literal["log-uniform"] = "log-uniform"

    @model_validator(mode="after")
    def _is_positive(self) -> Self:
        if self.low <= 0:
            raise SettingsError(
                f"{self.low:g} is not above 0", where="low", remedy="give a magnitude above 0"
            )
        return self

    def draw(self, rng: np.random.Generator, shape: Shape) -> Doubles:
        """Return weights of this shape; one random number sets magnitude and sign."""
        signed = rng.uniform(-1, 1, shape)
        magnitude = self.low * (self.high / self.low) ** np.abs(signed)
        return np.copysign(np.clip(magnitude, self.low, self.high), signed)


class Normal(SettingsModel):
    """Normal with a mean and a standard deviation."""

    kind: Literal["normal"] = "normal"
    mean: Weight
    sd: float = Field(gt=0, le=LARGEST)

    def draw(self, rng: np.random.Generator, shape: Shape) -> Doubles:
        """Return weights of this shape, clipped to float32."""
        return np.clip(rng.normal(self.mean, self.sd, shape), -LARGEST, LARGEST)


class WeightDraws(SettingsModel):
    """How weights are drawn. docs/search.md explains each.

    Attributes:
        distribution: what they are drawn from.
        count: weights that a network is scored with (int, default 6).
        per: "rollout" draws each (weight, episode) pair, "generation" draws each weight once
            for all episodes (str, default "rollout").
        sampling: "shared" draws one weight for all connections, "per-connection" one for each
            (str, default "shared").

    Raises:
        SettingsError: a value is not valid.
    """

    distribution: Choice | Uniform | LogUniform | Normal = Field(discriminator="kind")
    count: int = Field(6, ge=1, le=1000)
    per: Literal["rollout", "generation"] = "rollout"
    sampling: Literal["shared", "per-connection"] = "shared"
