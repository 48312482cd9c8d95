"""Write C headers in fixed point, whose step function uses integers only.

The activations are the kernel's text. The network is written out in the order in which
kernel/fixed.h walks it, without the saturations that its formats make unnecessary.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import Template

from wann_edge.exporters.c.contract_lines import output_macros
from wann_edge.exporters.c.fixed_contract_lines import constant_lines, contract_lines
from wann_edge.exporters.c.fixed_selftest import selftest
from wann_edge.exporters.c.text import CASTS_BEGIN, CASTS_END, wrapped
from wann_edge.exporters.c.units import units
from wann_edge.exporters.kernel_text import needed_by, shipped
from wann_edge.kernel import ACTIVATIONS
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.network.number_formats import WORDS, NumberFormat

_HEADER = Template("""\
/* ${name}: a weight agnostic network in fixed point (${dtype}), exported by wann-edge.
 *
 * Gives the bits of the kernel that it was measured and verified with, on every processor
 * whose integers are two's complement and shift arithmetically. C99 and C++11; no library,
 * no heap, no static memory, no floating point; reentrant.
 *
${contract}
 *
 * Use:
 *     ${word} observation[${NAME}_INPUTS] = {0}, action[${NAME}_OUTPUTS];
 *     ${name}_step(observation, action);
 *
 * Units: define ${NAME}_UNITS before the include; ${name}_step_units() takes and gives floats
 * in physical units.
 * Self-test: define ${NAME}_SELFTEST before the include; ${name}_selftest() gives 0
 * where this compiler and processor compute the verified bits.
 */
#ifndef ${NAME}_WANN_H
#define ${NAME}_WANN_H

#if (-1 >> 1) != -1
#error "wann-edge: integers do not shift arithmetically here"
#endif

${constants}

${casts_begin}${kernel}
${function}
${selftest}
${units}${casts_end}
#endif
""")

_FUNCTION = Template("""\
/* The action for an observation, with a shared weight chosen at run time: a word of
 * 2^-${NAME}_WEIGHT_BITS. observation and action may be the same memory. */
static inline void ${name}_step_with_weight(const ${word} *observation,
        ${word} shared_weight, ${word} *action)
{
    const wann_word weight = shared_weight;
${nodes}
${actions}
}

/* The action for an observation, with the network's own shared weight. */
static inline void ${name}_step(const ${word} observation[${NAME}_INPUTS],
        ${word} action[${NAME}_OUTPUTS])
{
    ${name}_step_with_weight(observation, (${word})(${NAME}_SHARED_WEIGHT), action);
}
""")


def fixed_header(network: FixedNetwork, name: str) -> bytes:
    """Return the header, ASCII; the same bytes for the same network and name.

    Functions and macros have the same names as in the header in floats.

    Args:
        network: the network in fixed point.
        name: the name of the artefact, checked by the caller.
    """
    word = word_type(network)
    function = _function(network, name)
    text = _HEADER.substitute(
        name=name,
        NAME=name.upper(),
        dtype=network.dtype,
        word=word,
        contract="\n".join(f" * {line}" for line in contract_lines(network, name)),
        constants="\n".join(constant_lines(network, name)),
        kernel="\n".join(map(shipped, needed_by(function))),
        function=function,
        selftest=selftest(network, name, word),
        casts_begin=CASTS_BEGIN,
        casts_end=CASTS_END,
        units=units(network, name, word, needed_by(function)),
    )
    return text.encode("ascii")


def word_type(network: FixedNetwork) -> str:
    """Return the C type of a word."""
    return f"int{WORDS[network.dtype]}_t"


def _function(network: FixedNetwork, name: str) -> str:
    statements = [*_input_statements(network), *_node_statements(network)]
    return _FUNCTION.substitute(
        name=name,
        NAME=name.upper(),
        word=word_type(network),
        nodes="\n".join(map(wrapped, statements)),
        actions="\n".join(map(wrapped, _action_statements(network, name))),
    )


def _input_statements(network: FixedNetwork) -> Iterator[str]:
    read = {source for source, _ in network.edges}
    if read.isdisjoint(range(1, network.first_computed)):
        yield "(void)observation;"
    for index in range(len(network.inputs)):
        if index + 1 in read:
            yield f"const wann_word n{index + 1} = observation[{index}];"


def _node_statements(network: FixedNetwork) -> Iterator[str]:
    computed = zip(network.activations, network.sources, network.formats, strict=True)
    for node, (activation, sources, format) in enumerate(computed, network.first_computed):
        total = _sum(network, [source for source, _ in sources], format)
        argument = _argument(network.dtype, activation, total, format)
        yield f"const wann_word n{node} = wann_{network.dtype}_{activation}({argument});"


def _sum(network: FixedNetwork, sources: list[int], format: NumberFormat) -> str:
    """Return the sum in C; it is exact in any order, so sources with equal shifts share one."""
    constant, groups = 0, dict[str, list[str]]()
    for source, term in zip(sources, format.terms, strict=True):
        one = 2 ** (WORDS[network.dtype] - 2)
        if source == 0:
            constant += _constant(network, one, term)
        elif network.weights is None and term >= 0:
            groups.setdefault(f" * {2**term}" if term else "", []).append(f"n{source}")
        else:
            groups.setdefault("", []).append(_term(network, source, term))
    parts = [
        f"({' + '.join(group)}){times}" if times and len(group) > 1 else " + ".join(group) + times
        for times, group in groups.items()
    ]
    return " + ".join([*parts, *([str(constant)] if constant or not parts else [])])


def _term(network: FixedNetwork, source: int, term: int) -> str:
    """Return a source that is shifted to the right, or multiplied."""
    if network.weights is None:
        return f"(n{source} >> {-term})"
    if network.dtype == "q31":
        return f"wann_q31_multiply(n{source}, {term}, 31)"
    return f"n{source} * {term}"


def _constant(network: FixedNetwork, one: int, term: int) -> int:
    """Return the constant that the bias adds."""
    if network.weights is not None:
        return one * term >> (31 if network.dtype == "q31" else 0)
    return one << term if term >= 0 else one >> -term


def _argument(dtype: str, activation: str, total: str, format: NumberFormat) -> str:
    """Return the sum times the shared weight, saturated if it can be too large."""
    if dtype == "q31":
        scaled = "multiply" if ACTIVATIONS[activation].is_periodic else "scaled"
        return f"wann_q31_{scaled}({total}, weight, {format.product_shift})"
    if not format.fits:
        return f"wann_q15_scaled({total}, {format.sum_shift}, weight, {format.product_shift})"
    narrow = f"({total})" if " " in total else total
    if format.sum_shift:
        narrow = f"wann_shift({total}, {format.sum_shift})"
    return f"wann_shift({narrow} * weight, {format.product_shift})"


def _action_statements(network: FixedNetwork, name: str) -> Iterator[str]:
    first = network.node_count - len(network.outputs)
    for index, macro in enumerate(output_macros(network, name)):
        bounded = f"wann_bound(n{first + index}, {macro}_LOW, {macro}_HIGH)"
        yield f"action[{index}] = ({word_type(network)}){bounded};"
