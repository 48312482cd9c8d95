"""The self-test of a fixed-point header: golden vectors in words, and their function."""

from __future__ import annotations

from string import Template

import numpy as np

from wann_edge.exporters.c.fixed_contract_lines import constant
from wann_edge.exporters.c.text import listed
from wann_edge.kernel import Integers
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.network.number_formats import WORDS
from wann_edge.system.seeds import Use, fixed_generator

_ROWS = 16

_SELFTEST = Template("""\
#ifdef ${NAME}_SELFTEST
/* Where the vectors lie, and how a word of them is read: in flash, where RAM is short. */
#ifndef ${NAME}_TABLE
#define ${NAME}_TABLE
#define ${NAME}_TABLE_WORD(word) (word)
#endif
/* Runs words for which the kernel's actions are known. Gives the number of vectors that
 * differ. */
static inline int ${name}_selftest(void)
{
    static const ${word} weight[${rows}] ${NAME}_TABLE = {
${weight}
    };
    static const ${word} observation[${rows}][${NAME}_INPUTS] ${NAME}_TABLE = {
${observation}
    };
    static const ${word} expected[${rows}][${NAME}_OUTPUTS] ${NAME}_TABLE = {
${expected}
    };
    int different = 0;
    for (int v = 0; v < ${rows}; v++) {
        ${word} seen[${NAME}_INPUTS], action[${NAME}_OUTPUTS];
        int same = 1;
        for (int i = 0; i < ${NAME}_INPUTS; i++)
            seen[i] = (${word})${NAME}_TABLE_WORD(observation[v][i]);
        ${name}_step_with_weight(seen, (${word})${NAME}_TABLE_WORD(weight[v]), action);
        for (int o = 0; o < ${NAME}_OUTPUTS; o++)
            same = same && action[o] == (${word})${NAME}_TABLE_WORD(expected[v][o]);
        different += same ? 0 : 1;
    }
    return different;
}
#endif
""")


def selftest(network: FixedNetwork, name: str, word: str) -> str:
    """Return the C function ``name_selftest``; the kernel computes its vectors."""
    observations, weights = golden_words(network)
    expected = network.program.walk(observations, weights)
    return _SELFTEST.substitute(
        name=name,
        NAME=name.upper(),
        word=word,
        rows=len(weights),
        weight=listed(_words(weights)),
        observation=_table(observations),
        expected=_table(expected),
    )


def golden_words(network: FixedNetwork) -> tuple[Integers, Integers]:
    """Return observations [n, inputs] and weights [n]: in declared ranges, any words, the ends.

    The weights are the network's own, then any.
    """
    rng = fixed_generator(Use.SELF_TEST)
    most = 2 ** (WORDS[network.dtype] - 1) - 1
    low, high = np.array([channel.typical_range for channel in network.inputs]).T
    shape = (_ROWS, len(low))
    typical = np.tile(network.words(rng.uniform(low, high, shape)), (3, 1))
    extreme = rng.choice([-most - 1, -most, -1, 0, 1, most], shape)
    special = np.where(rng.random(shape) < 0.5, extreme, rng.integers(-most - 1, most + 1, shape))
    observations = np.concatenate([typical, special])
    own = network.weight_word(network.shared_weight)
    weights = rng.integers(-most - 1, most + 1, len(observations))
    weights[:_ROWS] = own
    weights[-4:] = (-most - 1, most, 0, -1)
    return observations.astype(np.int32), weights.astype(np.int32)


def _words(values: Integers) -> str:
    return ", ".join(map(constant, values.tolist()))


def _table(rows: Integers) -> str:
    return ",\n".join(listed(f"{{{_words(row)}}}") for row in rows)
