"""Tuned weights of Gaier & Ha's zoo: JSON files of the form [[weight, ...], score, ...]."""

from __future__ import annotations

from collections.abc import Sequence

from wann_edge.errors import NetworkError
from wann_edge.network import LARGEST, Network, with_single_weights

# The published code (WANNTool/config.py) adds these to the weights of each file.
BIASES = {
    "cartpole_swingup.wann.json": -1.5,
    "biped.wann.json": -1.87,
    "vae_racing.wann.json": -0.7,
    "mnist256.wann.json": 0.0,
}


def with_zoo_weights(
    network: Network, document: object, name: str, bias: float | None
) -> tuple[Network, float]:
    """Return the network with the weights of a file, and the bias that was added to them.

    Args:
        network: the published network.
        document: the content of the file. The weights are ordered by source, then by target.
        name: the name of the file.
        bias: added to each weight; None for the one in ``BIASES``.

    Raises:
        NetworkError: the file is not one of tuned weights of this network, or the bias is not
            known.
    """
    vector = _vector(document)
    if len(vector) != len(network.edges):
        raise NetworkError(
            f"{len(vector)} weights for {len(network.edges)} connections",
            where="weights",
            remedy="choose the weights of this network",
        )
    _check(vector)
    added = _bias(name) if bias is None else bias
    _check([weight + added for weight in vector])
    weight_of = dict(zip(sorted(network.edges), vector, strict=True))
    return with_single_weights(network, [weight_of[edge] + added for edge in network.edges]), added


def with_finite_weights(network: Network, weights: Sequence[float]) -> Network:
    """Set single weights, one for each edge. Raises NetworkError where one is no finite float32."""
    _check(weights)
    return with_single_weights(network, weights)


def _vector(document: object) -> list[float]:
    match document:
        case [list(vector), *_] if all(type(x) in (int, float) for x in vector):
            return vector
    raise NetworkError(
        "not a file of tuned weights",
        where="document",
        remedy="choose a file of the form [[weight, ...], score, ...]",
    )


def _bias(name: str) -> float:
    if name in BIASES:
        return BIASES[name]
    known = ", ".join(f"{bias:g} for {file}" for file, bias in BIASES.items())
    raise NetworkError(
        "the bias of these weights is not known",
        where="weights",
        remedy=f"give it with --bias: {known}; 0 where the weights are complete",
    )


def _check(weights: Sequence[float]) -> None:
    for number, weight in enumerate(weights, 1):
        if not abs(weight) <= LARGEST:
            raise NetworkError(
                "the weight is not a finite float32",
                where=f"weight {number}",
                remedy="use a smaller number",
            )
