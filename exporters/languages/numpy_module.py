"""One Python module with one function that needs numpy and nothing else."""

from __future__ import annotations

import keyword
from string import Template

from wann_edge.exporters import Files
from wann_edge.exporters.c.contract_lines import description_lines
from wann_edge.exporters.contract import contract
from wann_edge.exporters.decimals import decimal64
from wann_edge.exporters.languages.micropython import python_literal
from wann_edge.exporters.languages.python_languages import Numpy
from wann_edge.exporters.languages.translate import translated
from wann_edge.exporters.names import check_name, check_numbers
from wann_edge.exporters.vectors import bits_table, vectors
from wann_edge.network import Network
from wann_edge.system.needs import Need

_MODULE = Template("""\
# ${name}: a weight agnostic network, exported by wann-edge.
#
# Gives the bits of the kernel that it was searched and verified with. Needs numpy alone.
#
${description}
#
# Use:
#     import ${name}
#     action = ${name}.step(observation)
import numpy as np
from numpy import float32 as f32

__all__ = ["CONTRACT", "INPUTS", "OUTPUTS", "SHARED_WEIGHT", "selftest", "step"]

CONTRACT = ${contract}
INPUTS = ${inputs}
OUTPUTS = ${outputs}
SHARED_WEIGHT = ${weight}


@np.errstate(all="ignore")
def step(observation, shared_weight=SHARED_WEIGHT):
    \"\"\"The action for an observation, or for each of a batch.

    observation: [inputs] or [batch, inputs], any numbers; rounded to float32.
    shared_weight: one number, or [batch].
    Gives [outputs] or [batch, outputs], float32. Raises ValueError on another shape.
    \"\"\"
    given = np.asarray(observation, f32)
    if given.ndim not in (1, 2) or given.shape[-1] != INPUTS:
        raise ValueError(f"an array of shape {given.shape} for {INPUTS} inputs")
    observation = given.reshape(-1, INPUTS)
    shared_weight = np.broadcast_to(np.asarray(shared_weight, f32), len(observation))
    all_finite = wann_is_finite(observation).all(axis=1)
${nodes}
    action = np.empty((len(observation), OUTPUTS), f32)
${actions}
    return action.reshape(*given.shape[:-1], OUTPUTS)


def selftest():
    \"\"\"The number of golden vectors whose bits differ from the kernel's.\"\"\"
    weights = [${weight_bits}]
    observations = [
${observation_bits}
    ]
    expected = [
${expected_bits}
    ]
    seen = np.tile(np.array(observations, np.uint32).view(f32), (len(weights), 1))
    weight = np.repeat(np.array(weights, np.uint32).view(f32), len(observations))
    different = step(seen, weight).view(np.uint32) != np.array(expected, np.uint32)
    return int(different.any(axis=1).sum())


${functions}""")


# A module called so could not be imported, or would hide one that it imports itself.
KEYWORDS = frozenset((*keyword.kwlist, "numpy"))


class NumpyModule:
    """A module with ``step``, ``selftest`` and ``CONTRACT``."""

    summary = "one Python function that needs numpy alone"
    suffix = ".py"
    numbers: tuple[str, ...] = ("float",)
    needs: tuple[Need, ...] = ()

    def files(self, network: Network, name: str) -> Files:
        """The module, UTF-8; the same bytes for the same network and name."""
        check_numbers(network, self, "numpy")
        check_name(name, "Python", KEYWORDS)
        text = _module(network.without_dead_nodes(), name)
        return {f"{name}{self.suffix}": text.encode()}


def _module(network: Network, name: str) -> str:
    language = Numpy()
    body = translated(network, language)
    functions = "\n\n".join(body.functions)
    golden = vectors(network)
    return _MODULE.substitute(
        name=name,
        description="\n".join(f"# {line}".rstrip() for line in description_lines(network)),
        contract=python_literal(contract(network, "numpy"), 0),
        inputs=len(network.inputs),
        outputs=len(network.outputs),
        weight=decimal64(network.shared_weight),
        nodes=language.indented(body.nodes),
        actions=language.indented(body.actions),
        weight_bits=bits_table([golden.weights], "{}"),
        observation_bits=bits_table(golden.observations, "        [{}],"),
        expected_bits=bits_table(golden.expected, "        [{}],"),
        functions=functions,
    )
