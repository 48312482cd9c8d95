"""A Python module that needs only numpy."""

from __future__ import annotations

import keyword
import sys
from string import Template

from wann_edge.exporters import Files
from wann_edge.exporters.c.contract_lines import description_lines
from wann_edge.exporters.contract import contract
from wann_edge.exporters.decimals import decimal64
from wann_edge.exporters.languages.micropython_module import python_literal
from wann_edge.exporters.languages.numpy_language import NumpyLanguage
from wann_edge.exporters.languages.translate import translated
from wann_edge.exporters.names import check_name, check_numbers
from wann_edge.exporters.vectors import bits_table, vectors
from wann_edge.network import Network
from wann_edge.system.needs import Need

_MODULE = Template("""\
# ${name}: a weight agnostic network, exported by wann-edge.
#
# Its actions have the bits of the kernel's. It needs only numpy.
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
    \"\"\"Return the action for an observation, or for each observation of a batch.

    observation: [inputs] or [batch, inputs], any numbers; rounded to float32.
    shared_weight: one number, or [batch].
    Returns float32 [outputs] or [batch, outputs]. Raises ValueError on another shape.
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
    \"\"\"Return the number of golden vectors whose bits differ from the kernel's.\"\"\"
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


# A module of such a name can't be imported, or hides a module that it imports.
KEYWORDS = frozenset((*keyword.kwlist, *sys.stdlib_module_names, "numpy"))


class NumpyModule:
    """A module with ``step``, ``selftest`` and ``CONTRACT``."""

    summary = "a Python module that needs only numpy"
    suffix = ".py"
    numbers: tuple[str, ...] = ("float",)
    needs: tuple[Need, ...] = ()

    def files(self, network: Network, name: str) -> Files:
        """Return the module, UTF-8; equal networks and names give equal bytes.

        Raises:
            ExportError: the network is in fixed point, or the name is not valid.
        """
        check_numbers(network, self, "numpy")
        check_name(name, "Python", KEYWORDS)
        text = _module(network.without_dead_nodes(), name)
        return {f"{name}{self.suffix}": text.encode()}


def _module(network: Network, name: str) -> str:
    language = NumpyLanguage()
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
