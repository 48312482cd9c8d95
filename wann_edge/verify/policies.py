"""Policies that run a network by the kernel, by onnxruntime, or by the compiled header."""

from __future__ import annotations

from wann_edge.errors import SettingsError
from wann_edge.evaluate import ForwardPolicy, KernelPolicy
from wann_edge.network import Network
from wann_edge.registry import load
from wann_edge.system.needs import demand
from wann_edge.task import Policy

# Each engine and the target that builds its artefact; the kernel needs none.
ENGINES = {"kernel": None, "onnxruntime": "onnxruntime", "c": "host"}


def policy(network: Network, engine: str, weight: float) -> Policy:
    """Return a policy that runs the network by an engine.

    Args:
        network: the network to run.
        engine: a key of ENGINES.
        weight: the shared weight.

    Raises:
        SettingsError: the engine is unknown.
        MissingError: a part of the engine is not installed.
    """
    if engine not in ENGINES:
        raise SettingsError(
            f"unknown engine {engine!r}",
            where="engine",
            remedy=f"use one of {', '.join(ENGINES)}",
        )
    name = ENGINES[engine]
    if name is None:
        return KernelPolicy(network, weight)
    target = load("targets", name)()  # type: ignore[operator]
    demand(target.needs)
    with target.artefacts(network) as artefacts:
        return ForwardPolicy(next(artefacts).forward, weight)
