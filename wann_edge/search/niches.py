"""Niches: the best few networks of each range of complexity, all of which breed.

A quality-diversity search: Mouret & Clune (2015), "Illuminating search spaces by mapping elites",
with complexity as the behaviour and several elites in each cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from pydantic import Field

from wann_edge.search.settings_model import SettingsModel


class Sized(Protocol):
    """A network's complexity and its mean score."""

    @property
    def complexity(self) -> float: ...
    @property
    def mean(self) -> float: ...


Item = TypeVar("Item", bound=Sized)


class Niches(SettingsModel):
    """Ranges of complexity from 0 on.

    Attributes:
        width: the width of a range, in units of complexity (float, default 6).
        count: the number of ranges (int, default 10).
        size: the networks that each range keeps (int, default 4).
    """

    width: float = Field(6.0, gt=0)
    count: int = Field(10, ge=1, le=100_000)
    size: int = Field(4, ge=1, le=1000)

    def number(self, complexity: float) -> int:
        """Return the number of a complexity's range; from ``count`` on there is no niche."""
        return int(complexity // self.width)

    def best(self, members: Sequence[Item]) -> list[list[Item]]:
        """Return the best of each niche that is not empty, best first; of equal means the first.

        Where all are too complex, the least complex one is the only niche.
        """
        found: dict[int, dict[float, Item]] = {}
        for member in members:
            number = self.number(member.complexity)
            if number < self.count:
                found.setdefault(number, {}).setdefault(member.mean, member)
        if not found:
            return [[min(members, key=lambda member: member.complexity)]]
        return [
            [niche[mean] for mean in sorted(niche, reverse=True)[: self.size]]
            for _, niche in sorted(found.items())
        ]
