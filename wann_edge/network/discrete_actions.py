"""How discrete actions are read off the outputs of a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wann_edge.network.channels import Output


@dataclass(frozen=True)
class DiscreteAction:
    """A discrete action.

    With several outputs it is the value of the largest one, and of the first of equal ones. With
    one output it is the value of that output where the output is above 0, and otherwise 0.

    Attributes:
        name: of the action.
        outputs: the numbers of its outputs, ascending.
        values: for each of them the value that it selects.
    """

    name: str
    outputs: tuple[int, ...]
    values: tuple[int, ...]

    def value(self, action: Sequence[float]) -> int:
        """Return the value for the action [outputs] of a network."""
        if len(self.outputs) == 1:
            return self.values[0] if action[self.outputs[0]] > 0 else 0
        best = max(range(len(self.outputs)), key=lambda place: action[self.outputs[place]])
        return self.values[best]


def discrete_actions(outputs: Sequence[Output]) -> tuple[DiscreteAction, ...]:
    """Return the discrete actions that outputs select, in the order of their first outputs."""
    found: dict[str, list[int]] = {}
    for index, output in enumerate(outputs):
        if output.choice:
            found.setdefault(output.choice, []).append(index)
    return tuple(
        DiscreteAction(name, tuple(places), tuple(outputs[place].selects for place in places))
        for name, places in found.items()
    )


def reading_lines(outputs: Sequence[Output]) -> list[str]:
    """Return a sentence for each discrete action: how it is read off the outputs."""
    return [_reading(choice) for choice in discrete_actions(outputs)]


def _reading(choice: DiscreteAction) -> str:
    first, last = choice.outputs[0], choice.outputs[-1]
    if first == last:
        return f"{choice.name} is {choice.values[0]} where output {first} is above 0, otherwise 0."
    run = range(choice.values[0], choice.values[0] + len(choice.values))
    values = (
        f"{run[0]} to {run[-1]}"
        if choice.values == tuple(run) and len(run) > 2
        else ", ".join(map(str, choice.values))
    )
    outputs = (
        f"{first} to {last}"
        if choice.outputs == tuple(range(first, last + 1)) and last > first + 1
        else ", ".join(map(str, choice.outputs))
    )
    return (
        f"{choice.name} is selected by the largest of outputs {outputs}, the first of equal "
        f"ones; they stand for the values {values}."
    )
