"""The record of a task in a checkpoint, by which a resumed run knows that it is the same task."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wann_edge.errors import SettingsError
from wann_edge.network.contract_facts import changes
from wann_edge.task import Task
from wann_edge.task.fingerprint import facts
from wann_edge.task.trusted import file_sha256


@dataclass(frozen=True)
class TaskRecord:
    """A task as it was when a run began.

    Attributes:
        facts: the contract, the length of an episode and the equations, as texts by name.
        file_sha256: the SHA-256 of the file that defines the task; None where there is none.
    """

    facts: dict[str, str]
    file_sha256: str | None


def record_of(task: Task) -> TaskRecord:
    """Return the record of a task as it is now."""
    return TaskRecord(facts(task), file_sha256(task.spec.name))


def check_same_task(began: TaskRecord, now: TaskRecord, where: str) -> None:
    """Check that a run is resumed with the task that it began with; comments may differ.

    Args:
        began: the record of the run.
        now: the record of the task.
        where: the run folder.

    Raises:
        SettingsError: the contract, the length of an episode or the equations differ.
    """
    found = changes(began.facts, now.facts)
    if found:
        raise SettingsError(
            "the task has changed since the run began",
            where=where,
            remedy=f"change it back, or start a new run from its networks with --start {where}",
            details="\n".join(
                f"{one.name}: {_short(one.was)} in the run, {_short(one.now)} now" for one in found
            ),
        )


def _short(text: str) -> str:
    """Return the beginning of a SHA-256, and any other text as it is."""
    return f"{text[:12]}..." if re.fullmatch("[0-9a-f]{64}", text) else text
