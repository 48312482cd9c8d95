"""Networks for tests of every export format."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from helpers.c_headers import HOSTILE, various_networks
from helpers.format_runners import MARK
from helpers.networks import random_network
from wann_edge.fixed_point.ranges import measured_ranges
from wann_edge.kernel import activation_names
from wann_edge.network import Input, Network, Output, float32, named_channels
from wann_edge.network.fixed_network import quantise
from wann_edge.network.published import read_published
from wann_edge.sims.swingup import SPEC

# Text that ends strings, comments, templates or lines in some languages.
MORE_HOSTILE = (
    *("'''", '"""', "`${process}`", "#{x}", "{{x}}", "</script>", "<!--", "-->", "%n%n", "\\"),
    *('r#"', '"#', "'; exit", "\\u000a", "\\N{DASH}", "\u2028".strip() or "=end", "--[[", "(*"),
)


def _hostile() -> Network:
    names = tuple(dict.fromkeys((*HOSTILE, *MORE_HOSTILE)))
    size = len(names)
    return Network(
        inputs=tuple(Input(name, unit=name) for name in names),
        outputs=tuple(Output(name, unit=name, low=-1.0, high=1.0) for name in names),
        activations=("tanh",) * size,
        edges=tuple((1 + i, 1 + size + i) for i in range(size)),
        task='*/ #error "x" ??/ \\ """ \'\'\' `',
        provenance={"version": "1\n#error x\r\n*/ -->", "seed": '*/ """ \u2028 ${x} %n \0'},
    )


def _bounds() -> Network:
    """Return outputs with every kind of bound, and usual names and units."""
    return Network(
        inputs=(
            Input("angle", "rad", -3.5, 3.5),
            Input("wheel speed", "rad/s", low=-0.25),
            Input("height", "m", high=1e-3),
            Input("count"),
        ),
        outputs=(
            Output("torque", "N m", -1.5, 1.25, 0.1),
            Output("valve", "1", low=0.0, safe=0.5),
            Output("brake", "%", high=100.0),
            Output("free", "V", safe=-2.5),
        ),
        activations=("tanh", "linear", "gauss", "abs", "linear"),
        edges=((1, 5), (2, 5), (0, 6), (5, 6), (3, 7), (4, 8), (5, 8), (4, 9)),
        shared_weight=float32(-1.3),
        task="balance",
    )


def _each_activation() -> Network:
    names = activation_names()
    inputs, outputs = named_channels(2, len(names))
    edges = tuple((source, 3 + i) for i in range(len(names)) for source in (1, 2))
    return replace(Network(inputs, outputs, names, edges), shared_weight=float32(0.7))


def _networks() -> dict[str, Network]:
    rng = np.random.default_rng(27)
    plain, scaled, _, corners = various_networks()
    inputs, outputs = named_channels(1, 1)
    return {
        "plain": plain,
        "scaled": scaled,
        "corners": corners,
        "bounds": _bounds(),
        "each activation": _each_activation(),
        "one connection": Network(inputs, outputs, ("linear",), ((1, 2),), shared_weight=-1.0),
        "no connections": Network(inputs, outputs, ("cos",), ()),
        "no hidden nodes": random_network(rng, inputs=3, hidden=0, outputs=2, density=0.9),
        "many outputs": random_network(rng, inputs=4, hidden=5, outputs=24, density=0.3),
        "hostile": _hostile(),
    }


CASES = list(_networks())


@cache
def network_of(case: str, numbers: str) -> Network:
    """Return a network in floats or in words; every second one in words has 32 bits."""
    words = "q31" if CASES.index(case) % 2 else "q15"
    return _in(numbers, _networks()[case], words)


def champion(data: Path, numbers: str) -> Network:
    """Return the published champion of the swing-up."""
    path = data / "wann-release" / "champions" / "swing.out"
    return _in(numbers, read_published(path, inputs=5, outputs=1, task=SPEC), "q15")


def marked(numbers: str) -> Network:
    """Return a weighted sum in which one weight is MARK."""
    inputs, outputs = named_channels(2, 1)
    network = Network(inputs, outputs, ("linear",), ((1, 3), (2, 3)), (MARK, float32(0.3)))
    return _in(numbers, network, "q15")


def _in(numbers: str, network: Network, words: str) -> Network:
    if numbers == "float":
        return network
    return quantise(network, measured_ranges(network, None), words)
