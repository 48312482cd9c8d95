"""Export a network as one C header that contains the kernel's own code.

The header is C99 and C++11, needs only ``<stdint.h>``, and computes the same bits as the
kernel: the activations are the kernel's text, and the network is written out in the kernel's
order of operations (``wann_forward`` in kernel/network.h).
"""

from __future__ import annotations

from string import Template

from wann_edge.exporters import Files, Optimize
from wann_edge.exporters.c.contract_lines import constant_lines, contract_lines, output_macros
from wann_edge.exporters.c.fixed_header import fixed_header
from wann_edge.exporters.c.selftest import selftest
from wann_edge.exporters.c.statements import Bounds, Values, action_statements, statements
from wann_edge.exporters.c.text import CASTS_BEGIN, CASTS_END, check_c_name, wrapped
from wann_edge.exporters.kernel_text import blocks, needed_by, shipped
from wann_edge.exporters.names import check_numbers
from wann_edge.network import Network
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.system.needs import Need

_HEADER = Template("""\
/* ${name}: a weight agnostic network, exported by wann-edge.
 *
 * Gives the bits of the kernel that it was searched and verified with, wherever float is
 * IEEE 754 single precision. C99 and C++11; no library, no heap, no static memory;
 * reentrant. For clang leave -ffp-contract=fast out: it overrules the pragma below.
 *
${contract}
 *
 * Use:
 *     float observation[${NAME}_INPUTS] = {0.0f}, action[${NAME}_OUTPUTS];
 *     ${name}_step(observation, action);
 *
 * Self-test: define ${NAME}_SELFTEST before the include; ${name}_selftest() gives 0
 * where this compiler and processor compute the verified bits.
 */
#ifndef ${NAME}_WANN_H
#define ${NAME}_WANN_H

${constants}

${casts_begin}#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#endif
${contraction}
${kernel}
${function}
${selftest}
/* Code after this header is compiled as its own options say. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT DEFAULT
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif
${casts_end}
#endif
""")

_FUNCTION = Template("""\
${called}/* The action for an observation, with a shared weight chosen at run time.
 * observation and action may be the same memory. */
${attribute}static inline void ${name}_step_with_weight(const float *observation,
        float shared_weight, float *action)
{
    for (int i = ${NAME}_INPUTS; i > 0; i--)
        if (!wann_is_finite(observation[i - 1])) {
${safe}
            return;
        }
${nodes}
${actions}
}
#undef WANN_ATTRIBUTE

/* The action for an observation, with the network's own shared weight. */
static inline void ${name}_step(const float observation[${NAME}_INPUTS],
        float action[${NAME}_OUTPUTS])
{
    ${name}_step_with_weight(observation, (float)(${NAME}_SHARED_WEIGHT), action);
}
""")

_ATTRIBUTE = Template("""\
#if defined(__clang__)
#define WANN_ATTRIBUTE __attribute__((${clang}))
#elif defined(__GNUC__)
#define WANN_ATTRIBUTE __attribute__((${gcc}))
#else
#define WANN_ATTRIBUTE
#endif
""")

_CALLED = Template("""\
WANN_ATTRIBUTE static float ${name}_node_${activation}(float sum, float shared_weight)
{
    return wann_${activation}(sum * shared_weight);
}

""")


class CHeader:
    """A C header with functions such as ``name_step`` and macros such as ``NAME_INPUTS``.

    Args:
        optimize: "size" calls activations that are used often, "speed" inlines them; a header
            in fixed point is the same for both.
    """

    summary = "one C header without dependencies"
    suffix = ".h"
    numbers: tuple[str, ...] = ("float", "fixed")
    needs: tuple[Need, ...] = ()

    def __init__(self, optimize: Optimize = "size") -> None:
        self._optimize = optimize

    def optimized(self, optimize: Optimize) -> CHeader:
        """Return an exporter that optimizes for little flash, or for few instructions."""
        return type(self)(optimize)

    def files(self, network: Network, name: str) -> Files:
        """Return the header, ASCII.

        Raises:
            ExportError: the name is not valid.
        """
        check_c_name(name)
        return {f"{name}.h": header(network, name, self._optimize)}


class CFixedHeader(CHeader):
    """The same header, for networks in fixed point only."""

    summary = "the C header in fixed point, for chips without a floating-point unit"
    numbers: tuple[str, ...] = ("fixed",)

    def files(self, network: Network, name: str) -> Files:
        """Return the header, ASCII.

        Raises:
            ExportError: the network is in floats, or the name is not valid.
        """
        check_numbers(network, self, "c-fixed")
        return super().files(network, name)


def header(network: Network, name: str, optimize: Optimize = "size") -> bytes:
    """Return the header, ASCII, in floats or words; the caller has checked the name."""
    if isinstance(network, FixedNetwork):
        return fixed_header(network, name)
    alive = network.without_dead_nodes()
    function = _function(alive, name, optimize)
    text = _HEADER.substitute(
        name=name,
        NAME=name.upper(),
        contract="\n".join(f" * {line}" for line in contract_lines(alive, name)),
        contraction=blocks()["contraction"],
        kernel="\n".join(map(shipped, needed_by(function))),
        constants="\n".join(constant_lines(alive, name)),
        function=function,
        selftest=selftest(alive, name),
        casts_begin=CASTS_BEGIN,
        casts_end=CASTS_END,
    )
    return text.encode("ascii")


def _function(network: Network, name: str, optimize: Optimize) -> str:
    """Return the C functions of a network without dead nodes."""
    values = Values(network)
    functions = values.called() if optimize == "size" else []
    macros = output_macros(network, name)
    bounds = [Bounds(*(f"{macro}_{end}" for end in ("LOW", "HIGH", "SAFE"))) for macro in macros]
    actions = action_statements(values, network, bounds)
    safe = [f"action[{i}] = {macro}_SAFE;" for i, macro in enumerate(macros)]
    return _FUNCTION.substitute(
        name=name,
        NAME=name.upper(),
        called=_attribute(optimize, network.shared_weight) + _called(functions, name),
        attribute="WANN_ATTRIBUTE " if optimize == "speed" else "",
        safe="\n".join(f"            {statement}" for statement in safe),
        nodes="\n".join(map(wrapped, statements(network, values, functions, name))),
        actions="\n".join(map(wrapped, actions)),
    )


def _called(functions: list[str], name: str) -> str:
    """Return the called activations, as functions that compilers do not inline."""
    return "".join(_CALLED.substitute(name=name, activation=each) for each in functions)


def _attribute(optimize: Optimize, shared_weight: float) -> str:
    """Return the attribute that keeps functions apart, or inlines them into the step function.

    gcc would copy a function for the one weight that it is called with: at 1 that saves the
    product; at others a weight that stays in its register is smaller.
    """
    if optimize == "speed":
        return _ATTRIBUTE.substitute(gcc="flatten", clang="flatten")
    gcc = "noinline" if shared_weight == 1 else "noinline, noclone"
    return _ATTRIBUTE.substitute(gcc=gcc, clang="noinline")
