"""Niches: the best few networks of each range of complexity, all of which breed.

A quality-diversity search: Mouret & Clune (2015), "Illuminating search spaces by mapping
elites", with complexity for a behaviour and a few elites a cell for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from pydantic import Field

from wann_edge.search.model import Model


class Sized(Protocol):
    """A network's complexity and its mean score."""

    @property
    def complexity(self) -> float: ...
    @property
    def mean(self) -> float: ...


Item = TypeVar("Item", bound=Sized)


class Niches(Model):
    """count ranges of complexity, each of this width from 0 on; size: the networks of each."""

    width: float = Field(6.0, gt=0)
    count: int = Field(10, ge=1)
    size: int = Field(4, ge=1)

    def number(self, complexity: float) -> int:
        """The range that it is in; from ``count`` on it has no niche."""
        return int(complexity // self.width)

    def best(self, members: Sequence[Item]) -> list[list[Item]]:
        """Each niche's best, best first; no empty niches. Of equal means the first alone.

        Where all are too complex, the least complex one makes a niche.
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
