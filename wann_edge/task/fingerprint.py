"""Fingerprints: the equations of a task, and how its contract differs from that of a network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol, TypeGuard

from wann_edge.network import Network
from wann_edge.network.contract_facts import contract_differences, contract_facts
from wann_edge.task import Task, final_task
from wann_edge.task.scaling import is_scalable


class IdentifiedTask(Protocol):
    """A task that knows what its episodes are computed from.

    Attributes:
        identity: texts by name, such as the SHA-256 of a plant's source.
    """

    @property
    def identity(self) -> Mapping[str, str]:
        """Return the texts."""
        ...


def _is_identified(task: object) -> TypeGuard[IdentifiedTask]:
    return hasattr(task, "identity")


def identity(task: Task) -> dict[str, str]:
    """Return what the task's episodes are computed from; {} where the task does not say."""
    return dict(task.identity) if _is_identified(task) else {}


def task_sha256(task: Task) -> str | None:
    """Return the fingerprint of a task's equations; None where the task does not say."""
    found = identity(task)
    return sha256_of(json.dumps(found, sort_keys=True)) if found else None


def task_hashes(task: Task) -> dict[str, str]:
    """Return the fingerprint as ``Network.hashes`` has it; {} where there is none."""
    found = task_sha256(task)
    return {} if found is None else {"task": found}


def sha256_of(text: str) -> str:
    """Return the SHA-256 of a text as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def with_version(package: str) -> str:
    """Return a package's name, with its version where it is installed as one."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package


def stamped(network: Network, task: Task) -> Network:
    """Return the network with the name and the fingerprint of the task that scores are from."""
    final = final_task(task)
    return replace(network, task=final.spec.name, hashes=task_hashes(final))


def facts(task: Task) -> dict[str, str]:
    """Return the contract, the episode's length and the equations of a task, as texts by name."""
    spec = task.spec
    contract = contract_facts(spec.inputs, spec.outputs, spec.dt_s)
    return {**contract, "longest episode": f"{spec.max_steps} steps", **identity(task)}


def differences(network: Network, task: Task) -> list[str]:
    """Return a line for each difference between the contracts of a network and a task.

    The scaling of an environment belongs to the network, and is not compared.

    Args:
        network: with as many inputs and outputs as the task.
        task: the task.
    """
    spec = task.spec
    found = contract_differences(
        *(network, spec.inputs, spec.outputs, spec.dt_s), with_scaling=not is_scalable(task)
    )
    return [f"{one.name}: {one.was} in the network file, {one.now} in the task" for one in found]
