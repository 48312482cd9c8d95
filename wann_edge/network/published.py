"""Read the networks published with Gaier & Ha (2019): ``.out`` files and tuned weights.

A ``.out`` file is N rows of N + 1 comma-separated numbers. Cell [i][j] is the weight from
node i to node j, above the diagonal only: 0 for no connection, nan for a disabled one. The
last column is the activation id of the node. The nodes are the bias, the inputs, the hidden
nodes in topological order, and the outputs.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wann_edge.errors import NetworkError
from wann_edge.network import (
    MAX_EDGES,
    Input,
    Network,
    Output,
    named_channels,
)
from wann_edge.network.zoo_weights import with_finite_weights, with_zoo_weights
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


class PublishedNetwork(NamedTuple):
    """A network that was read, and what the file has beyond it.

    Attributes:
        network: dead nodes included.
        left_out: what was not taken from the file, a sentence each.
    """

    network: Network
    left_out: tuple[str, ...]


def read_published(
    path: Path,
    inputs: int,
    outputs: int,
    weights_path: Path | None = None,
    bias: float | None = None,
    task: Spec | None = None,
) -> Network:
    """Read the network of a ``.out`` file; the arguments are those of ``import_published``."""
    return import_published(path, inputs, outputs, weights_path, bias, task).network


def import_published(
    path: Path,
    inputs: int,
    outputs: int,
    weights_path: Path | None = None,
    bias: float | None = None,
    task: Spec | None = None,
    *,
    keep_weights: bool = False,
) -> PublishedNetwork:
    """Read the network of a ``.out`` file, dead nodes included.

    Args:
        path: the ``.out`` file.
        inputs: number of inputs; the file does not contain it.
        outputs: number of outputs; the file does not contain it.
        weights_path: a JSON file of tuned weights from the published zoo, [vector, score, ...];
            None for a network with a shared weight.
        bias: added to each tuned weight; the sum is rounded to float32. None for the bias in
            ``zoo_weights.BIASES``.
        task: gives names, units, bounds and the control period; None for none of them.
        keep_weights: takes the cells as single weights, as those of prettyNEAT are.

    Raises:
        NetworkError: a file cannot be read or is not valid, the numbers of inputs and outputs
            are not those of the network or the task, or the bias is not known.
    """
    _check_options(weights_path, bias, keep_weights=keep_weights)
    with located(str(path)):
        cells, ids = _matrix(read_text(path))
        network = _network(cells, ids, inputs, outputs, task)
        if keep_weights:
            network = with_finite_weights(network, [float(cells[edge]) for edge in network.edges])
    provenance: dict[str, object] = {"format": "published .out", "file": path.name}
    if weights_path is not None:
        with located(str(weights_path)):
            document = parse_json(read_text(weights_path))
            network, bias = with_zoo_weights(network, document, weights_path.name, bias)
        provenance |= {"weights_file": weights_path.name, "weights_bias": bias}
    instead = "a shared weight" if weights_path is None else f"those of {weights_path.name}"
    instead = "" if keep_weights else instead
    left_out = _left_out(cells, ids[: 1 + inputs], instead=instead)
    return PublishedNetwork(replace(network, provenance=provenance), tuple(left_out))


def _check_options(weights_path: Path | None, bias: float | None, *, keep_weights: bool) -> None:
    if keep_weights and weights_path is not None:
        raise NetworkError(
            "the weights can't come from two files",
            where="--keep-weights",
            remedy="use either --keep-weights or --weights",
        )
    if bias is not None and weights_path is None:
        raise NetworkError(
            "there are no tuned weights to add it to", where="--bias", remedy="add --weights"
        )


def _left_out(cells: Matrix, source_ids: Matrix, *, instead: str) -> list[str]:
    """Describe what the network does not have; ``instead`` says which weights it has."""
    found = []
    taken = cells[(cells != 0) & ~np.isnan(cells)]
    if instead and (taken != 1).any():
        found.append(
            f"the file's single weights ({taken.min():g} to {taken.max():g}): the network has "
            f"{instead}; --keep-weights takes them"
        )
    disabled = int(np.isnan(cells).sum())
    if disabled:
        found.append(f"{disabled} disabled connections")
    odd = int((source_ids != 1).sum())
    if odd:
        found.append(
            f"activations of {odd} inputs (the bias counts), which the published code does not "
            "apply"
        )
    return found


def _matrix(text: str) -> tuple[Matrix, Matrix]:
    """Return the cells [nodes, nodes] and the activation ids [nodes], float64."""
    text = text.replace("\r", "\n") if "\n" not in text else text  # lines of an old Macintosh
    if not text.endswith("\n"):
        raise NetworkError(
            "the file is cut short", where="last line", remedy="download the whole file again"
        )
    lines = text.rstrip().split("\n")
    width = len(lines) + 1
    rows: list[Matrix] = []  # arrays, not lists: a number takes a third of the memory
    for number, line in enumerate(lines, 1):
        cells = line.split(",")
        if len(cells) != width:
            raise NetworkError(
                f"{len(cells)} cells instead of {width}",
                where=f"row {number}",
                remedy="use one cell for each row, then the activation id, commas between them",
            )
        try:
            rows.append(np.array([_number(cell) for cell in cells], np.float64))
        except ValueError as error:
            raise NetworkError(
                short(str(error)),
                where=f"row {number}",
                remedy="write numbers, commas between them",
            ) from error
    table = np.array(rows, np.float64).reshape(len(lines), width)
    return table[:, :-1], table[:, -1]


def _number(text: str) -> float:
    """Return a number; Python alone reads 1_5 and digits beyond ASCII."""
    if "_" in text or not text.isascii():
        raise ValueError(f"could not convert string to float: {text!r}")
    return float(text)


def _network(cells: Matrix, ids: Matrix, inputs: int, outputs: int, task: Spec | None) -> Network:
    _check_cells(cells)
    _check_ends(cells, inputs, outputs)
    seen, done = _channels(inputs, outputs, task)
    activations = [_activation(number, value) for number, value in enumerate(ids.tolist(), 1)]
    places = np.argwhere((cells != 0) & ~np.isnan(cells))
    if len(places) > MAX_EDGES:
        raise NetworkError(
            f"{len(places)} connections are too many",
            where="connections",
            remedy=f"use a file with at most {MAX_EDGES}",
        )
    edges = places.tolist()
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
