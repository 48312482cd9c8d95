"""Dense networks as C in three forms, for comparison with exported headers.

Each source defines ``void step(const float *observation, float *action)``.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from string import Template
from typing import NamedTuple

import numpy as np

from wann_edge.errors import MissingError
from wann_edge.exporters.kernel_text import needed_by, shipped
from wann_edge.kernel import Floats

_LOOP = Template("""\
${activation}
static void layer(const float *in, int inputs, const float *weight, int outputs, float *out,
                  int is_last)
{
    for (int o = 0; o < outputs; o++) {
        float sum = weight[inputs];
        for (int i = 0; i < inputs; i++)
            sum += weight[i] * in[i];
        out[o] = is_last ? sum : ${tanh}(sum);
        weight += inputs + 1;
    }
}

${weights}
void step(const float *observation, float *action);
void step(const float *observation, float *action)
{
    float ${buffers};
${calls}
}
""")

_EMLEARN = Template("""\
#include "mlp.h"
void step(const float *observation, float *action);
void step(const float *observation, float *action)
{
    mlp_regress(observation, ${inputs}, action, ${outputs});
}
""")


class Mlp(NamedTuple):
    """Dense layers with tanh, the last one linear.

    Attributes:
        weights: of each layer, float32 [inputs, outputs].
        biases: of each layer, float32 [outputs].
    """

    weights: list[Floats]
    biases: list[Floats]

    @property
    def sizes(self) -> list[int]:
        """Numbers of inputs, of nodes in each hidden layer, and of outputs."""
        return [len(self.weights[0]), *map(len, self.biases)]

    def forward(self, observations: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        """Return the actions, float64 [n, outputs]."""
        values = observations.astype(np.float64)
        for index, (weights, biases) in enumerate(zip(self.weights, self.biases, strict=True)):
            values = values @ weights.astype(np.float64) + biases
            if index < len(self.biases) - 1:
                values = np.tanh(values)
        return values


def random_mlp(sizes: Sequence[int], rng: np.random.Generator) -> Mlp:
    """Draw normal weights with sd 1 / sqrt(inputs of the layer), so that no tanh saturates."""
    pairs = list(pairwise(sizes))
    weights = [rng.normal(0, a**-0.5, (a, b)).astype(np.float32) for a, b in pairs]
    return Mlp(weights, [rng.normal(0, 0.1, b).astype(np.float32) for _, b in pairs])


def loop_source(mlp: Mlp, *, own_tanh: bool) -> str:
    """Return loops: weights in flash, sums in registers, tanh from libm or from the kernel."""
    needed = "\n".join(map(shipped, ["real", *needed_by("wann_tanh")]))
    layers = list(zip(mlp.weights, mlp.biases, strict=True))
    rows = [np.vstack([weights, biases]).T.ravel() for weights, biases in layers]
    names = ["observation", *(f"h{i}" for i in range(1, len(layers))), "action"]
    calls = [
        f"    layer({names[i]}, {mlp.sizes[i]}, w{i}, {mlp.sizes[i + 1]}, {names[i + 1]}, "
        f"{int(i == len(layers) - 1)});"
        for i in range(len(layers))
    ]
    return _LOOP.substitute(
        activation=needed if own_tanh else "#include <math.h>",
        tanh="wann_tanh" if own_tanh else "tanhf",
        weights="\n".join(_array(f"w{i}", row) for i, row in enumerate(rows)),
        buffers=", ".join(f"h{i}[{mlp.sizes[i]}]" for i in range(1, len(layers))),
        calls="\n".join(calls),
    )


def _array(name: str, values: Floats) -> str:
    numbers = ", ".join(f"{value!s}f" for value in values)
    return f"static const float {name}[{len(values)}] = {{{numbers}}};"


def emlearn_source(mlp: Mlp, folder: Path) -> tuple[str, str]:
    """Write emlearn's export of the network to ``mlp.h``.

    Args:
        mlp: the dense network.
        folder: the folder of ``mlp.h``.

    Returns:
        A C source that includes ``mlp.h``, and the include folder that it needs.

    Raises:
        MissingError: emlearn or scikit-learn is not installed.
    """
    with np.errstate(), warnings.catch_warnings():  # emlearn makes numpy raise on underflow
        return _emlearn_source(mlp, folder)


def _emlearn_source(mlp: Mlp, folder: Path) -> tuple[str, str]:
    try:
        import emlearn  # noqa: PLC0415
        from sklearn.neural_network import MLPRegressor  # noqa: PLC0415
    except ImportError as error:
        raise MissingError(
            f"{error.name} not installed", remedy='pip install "wann-edge[bench]"'
        ) from error
    model = MLPRegressor(
        hidden_layer_sizes=mlp.sizes[1:-1], activation="tanh", max_iter=1, random_state=0
    )
    warnings.simplefilter("ignore")  # it warns that the fit has not converged
    model.fit(np.zeros((2, mlp.sizes[0])), np.zeros((2, mlp.sizes[-1])).squeeze())
    model.coefs_, model.intercepts_ = mlp.weights, mlp.biases
    emlearn.convert(model, method="inline").save(file=str(folder / "mlp.h"), name="mlp")
    source = _EMLEARN.substitute(inputs=mlp.sizes[0], outputs=mlp.sizes[-1])
    return source, str(emlearn.includedir)
