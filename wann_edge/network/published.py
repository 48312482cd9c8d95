"""Read the networks published with Gaier & Ha (2019): ``.out`` files and tuned weights.

A ``.out`` file is N rows of N + 1 comma-separated numbers. Cell [i][j] is the weight from
node i to node j, above the diagonal only: 0 for no connection, nan for a disabled one. The
last column is the activation id of the node. The nodes are the bias, the inputs, the hidden
nodes in topological order, and the outputs.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wann_edge.errors import NetworkError
from wann_edge.network import (
    LARGEST,
    Input,
    Network,
    Output,
    named_channels,
    with_single_weights,
)
from wann_edge.system.jsonfile import located, parse_json, read_text, short

if TYPE_CHECKING:
    from wann_edge.task import Spec

Matrix = NDArray[np.float64]

# In the order of the published code's activation ids, which start at 1.
PUBLISHED_ACTIVATIONS = (
    "linear",
    "step",
    "sin",
    "gauss",
    "tanh",
    "sigmoid",
    "inverse",
    "abs",
    "relu",
    "cos",
)


def read_published(
    path: Path,
    inputs: int,
    outputs: int,
    weights_path: Path | None = None,
    bias: float = 0.0,
    task: Spec | None = None,
) -> Network:
    """Read the network of a ``.out`` file, dead nodes included.

    Args:
        path: the ``.out`` file.
        inputs: number of inputs; the file does not contain it.
        outputs: number of outputs; the file does not contain it.
        weights_path: a JSON file of tuned weights from the published zoo, [vector, score, ...];
            None for a network with a shared weight.
        bias: added to each tuned weight; the sum is rounded to float32.
        task: gives names, units, bounds and the control period; None for none of them.

    Raises:
        NetworkError: a file cannot be read or is not valid, or the numbers of inputs and
            outputs are not those of the network or the task.
    """
    with located(str(path)):
        network = _network(*_matrix(read_text(path)), inputs, outputs, task)
    provenance: dict[str, object] = {"format": "published .out", "file": path.name}
    if weights_path is not None:
        provenance |= {"weights_file": weights_path.name, "weights_bias": bias}
        with located(str(weights_path)):
            network = _tuned(network, _vector(parse_json(read_text(weights_path))), bias)
    return replace(network, provenance=provenance)


def _matrix(text: str) -> tuple[Matrix, Matrix]:
    """Return the cells [nodes, nodes] and the activation ids [nodes], float64."""
    if not text.endswith("\n"):
        raise NetworkError(
            "the file is cut short", where="last line", remedy="download the whole file again"
        )
    lines = text.splitlines()
    width = len(lines) + 1
    rows: list[list[float]] = []
    for number, line in enumerate(lines, 1):
        cells = line.split(",")
        if len(cells) != width:
            raise NetworkError(
                f"{len(cells)} cells instead of {width}",
                where=f"row {number}",
                remedy="use one cell for each row, then the activation id",
            )
        try:
            rows.append([float(cell) for cell in cells])
        except ValueError as error:
            raise NetworkError(
                short(str(error)),
                where=f"row {number}",
                remedy="write numbers, commas between them",
            ) from error
    table = np.array(rows, np.float64).reshape(len(lines), width)
    return table[:, :-1], table[:, -1]


def _network(cells: Matrix, ids: Matrix, inputs: int, outputs: int, task: Spec | None) -> Network:
    _check_cells(cells)
    _check_ends(cells, inputs, outputs)
    seen, done = _channels(inputs, outputs, task)
    activations = [_activation(number, value) for number, value in enumerate(ids.tolist(), 1)]
    edges = np.argwhere((cells != 0) & ~np.isnan(cells)).tolist()
    return Network(
        inputs=seen,
        outputs=done,
        activations=tuple(activations[1 + inputs :]),
        edges=tuple(sorted(((s, t) for s, t in edges), key=lambda edge: edge[::-1])),
        control_period_s=None if task is None else task.dt_s,
        task=None if task is None else task.name,
    )


def _check_cells(cells: Matrix) -> None:
    for fault, places in (
        ("a weight is infinite", np.isinf(cells)),
        ("a connection leads back to an earlier node", np.tril(cells) != 0),
    ):
        for row, column in np.argwhere(places)[:1] + 1:
            raise NetworkError(
                fault,
                where=f"row {row}, column {column}",
                remedy="use finite weights, above the diagonal only",
            )


def _check_ends(cells: Matrix, inputs: int, outputs: int) -> None:
    """Check the numbers of inputs and outputs.

    Only inputs have no source and only outputs have no target; disabled connections count.
    """
    has_source, has_target = (cells != 0).any(axis=0), (cells != 0).any(axis=1)
    found_inputs = int(np.argmax([*has_source, True])) - 1
    found_outputs = int(np.argmax([*has_target[::-1], True]))
    if (found_inputs, found_outputs) != (inputs, outputs):
        raise NetworkError(
            f"the file has {found_inputs} inputs and {found_outputs} outputs, "
            f"not {inputs} and {outputs}",
            where="connections",
            remedy=f"use --inputs {found_inputs} --outputs {found_outputs}",
        )


def _channels(
    inputs: int, outputs: int, task: Spec | None
) -> tuple[tuple[Input, ...], tuple[Output, ...]]:
    if task is None:
        return named_channels(inputs, outputs)
    if (len(task.inputs), len(task.outputs)) != (inputs, outputs):
        raise NetworkError(
            f"the task has {len(task.inputs)} inputs and "
            f"{len(task.outputs)} outputs, not {inputs} and {outputs}",
            where=f"task {task.name!r}",
            remedy="choose the network's task, or none",
        )
    return task.inputs, task.outputs


def _activation(row: int, identity: float) -> str:
    if identity not in range(1, len(PUBLISHED_ACTIVATIONS) + 1):
        raise NetworkError(
            f"unknown activation id {identity:g}",
            where=f"row {row}",
            remedy=f"use an id of 1 to {len(PUBLISHED_ACTIVATIONS)}",
        )
    return PUBLISHED_ACTIVATIONS[int(identity) - 1]


def _vector(document: object) -> list[float]:
    match document:
        case [list(vector), *_] if all(type(x) in (int, float) for x in vector):
            return vector
    raise NetworkError(
        "not a file of tuned weights",
        where="document",
        remedy="choose a file of the form [[weight, ...], score, ...]",
    )


def _tuned(network: Network, vector: list[float], bias: float) -> Network:
    """Set the weights, which are ordered by source, then by target, as rows of the matrix."""
    if len(vector) != len(network.edges):
        raise NetworkError(
            f"{len(vector)} weights for {len(network.edges)} connections",
            where="weights",
            remedy="choose the weights of this network",
        )
    for index, weight in enumerate(vector):
        if not abs(weight) <= LARGEST or not abs(weight + bias) <= LARGEST:
            raise NetworkError(
                "the weight is not a finite float32",
                where=f"weight {index + 1}",
                remedy="use a smaller number",
            )
    weight_of = dict(zip(sorted(network.edges), vector, strict=True))
    return with_single_weights(network, [weight_of[edge] + bias for edge in network.edges])
