"""What drives a world in place of the kernel: the graph in onnxruntime, the compiled header."""

from __future__ import annotations

from wann_edge.errors import SettingsError
from wann_edge.evaluate import ForwardPolicy
from wann_edge.network import Network
from wann_edge.registry import load
from wann_edge.system.needs import demand
from wann_edge.task import Policy

# Each engine's name, and the target that makes its artefacts; the kernel needs none.
ENGINES = {"kernel": None, "onnxruntime": "onnxruntime", "c": "host"}


def policy(network: Network, engine: str, weight: float) -> Policy:
    """The network with a shared weight, run by this engine.

    Raises SettingsError on an unknown engine, MissingError where a part is not installed.
    """
    if engine not in ENGINES:
        raise SettingsError(
            f"unknown engine {engine!r}",
            where="--engine",
            remedy=f"use one of {', '.join(ENGINES)}",
        )
    name = ENGINES[engine]
    if name is None:
        return ForwardPolicy(network.program.forward, weight)
    target = load("targets", name)()  # type: ignore[operator]
    demand(target.needs)
    with target.artefacts(network) as artefacts:
        return ForwardPolicy(next(artefacts).forward, weight)
