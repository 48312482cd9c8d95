"""The optional part of a fixed-point header that converts physical units to words and back."""

from __future__ import annotations

from collections.abc import Sequence
from string import Template

from wann_edge.exporters.c.contract_lines import literal
from wann_edge.exporters.c.fixed_contract_lines import input_units
from wann_edge.exporters.kernel_text import blocks, needed_by, shipped
from wann_edge.network.fixed_network import FixedNetwork

_UNITS = Template("""\
#ifdef ${NAME}_UNITS
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#endif
${contraction}
${kernel}
/* Words for an observation in physical units; 0 where a number in it is not finite. */
static inline int ${name}_words(const float *physical, ${word} *observation)
{
    static const float offset[${NAME}_INPUTS] = {${offset}};
    static const float units[${NAME}_INPUTS] = {${input_units}};
    int all_finite = 1;
    for (int i = 0; i < ${NAME}_INPUTS; i++) {
        all_finite = all_finite && wann_is_finite(physical[i]);
        observation[i] = (${word})wann_nearest_word((physical[i] - offset[i]) * units[i], ${limit});
    }
    return all_finite;
}

/* The step for an observation and an action in physical units, with the word of a shared
 * weight; the safe action where a number is not finite. */
static inline void ${name}_step_units_with_word(const float *physical, ${word} shared_weight,
        float *action)
{
    static const float step[${NAME}_OUTPUTS] = {${step}};
    static const float safe[${NAME}_OUTPUTS] = {${safe}};
${offsets}    ${word} observation[${NAME}_INPUTS], words[${NAME}_OUTPUTS];
    const int all_finite = ${name}_words(physical, observation);
    ${name}_step_with_weight(observation, shared_weight, words);
    for (int o = 0; o < ${NAME}_OUTPUTS; o++)
        action[o] = all_finite ? (float)words[o] * step[o]${plus} : safe[o];
}

/* With a finite shared weight chosen at run time. */
static inline void ${name}_step_units_with_weight(const float *physical, float shared_weight,
        float *action)
{
    ${name}_step_units_with_word(physical,
        (${word})wann_nearest_word(shared_weight * ${weight_units}, ${limit}), action);
}

/* With the network's own shared weight. */
static inline void ${name}_step_units(const float *physical, float *action)
{
    ${name}_step_units_with_word(physical, (${word})(${NAME}_SHARED_WEIGHT), action);
}

/* Code after this header is compiled as its own options say. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT DEFAULT
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif
#endif
""")


def units(network: FixedNetwork, name: str, word: str, known: Sequence[str]) -> str:
    """Return the C functions ``name_words`` and ``name_step_units``.

    ``known`` are the blocks of the kernel that the header contains already.
    """
    is_moved = any(channel.offset for channel in network.outputs)
    zero = _list([channel.offset or -0.0 for channel in network.outputs])
    text = _UNITS.safe_substitute(
        name=name,
        NAME=name.upper(),
        word=word,
        limit=literal(32767.0 if network.dtype == "q15" else 2147483520.0),
        offset=_list([channel.offset for channel in network.inputs]),
        input_units=_list([input_units(network, i) for i in range(len(network.inputs))]),
        step=_list(network.output_steps),
        plus=" + zero[o]" if is_moved else "",
        offsets=f"    static const float zero[{name.upper()}_OUTPUTS] = {{{zero}}};\n"
        if is_moved
        else "",
        safe=_list([channel.safe for channel in network.outputs]),
        weight_units=literal(2.0**network.weight_bits),
    )
    needed = [block for block in needed_by(text) if block not in known]
    return Template(text).substitute(
        contraction=blocks()["contraction"], kernel="\n".join(map(shipped, needed))
    )


def _list(values: Sequence[float]) -> str:
    return ", ".join(map(literal, values))
