"""The self-test of a C header: golden vectors, and the function that runs them."""

from __future__ import annotations

from string import Template

import numpy as np

from wann_edge.exporters.c.text import listed
from wann_edge.exporters.vectors import vectors
from wann_edge.kernel import Floats
from wann_edge.network import Network

_SELFTEST = Template("""\
#ifdef ${NAME}_SELFTEST
/* Where the vectors lie, and how a word of them is read: in flash, where RAM is short. */
#ifndef ${NAME}_TABLE
#define ${NAME}_TABLE
#define ${NAME}_TABLE_WORD(word) (word)
#endif
/* Runs observations and shared weights for which the kernel's actions are known, all stored
 * as the bits of floats. Gives the number of vectors whose bits differ. */
static inline int ${name}_selftest(void)
{
    static const uint32_t weight[${weights}] ${NAME}_TABLE = {
${weight}
    };
    static const uint32_t observation[${rows}][${NAME}_INPUTS] ${NAME}_TABLE = {
${observation}
    };
    static const uint32_t expected[${weights} * ${rows}][${NAME}_OUTPUTS] ${NAME}_TABLE = {
${expected}
    };
    union { uint32_t bits; float value; } word;
    int different = 0;
    for (int v = 0; v < ${weights} * ${rows}; v++) {
        float seen[${NAME}_INPUTS], action[${NAME}_OUTPUTS];
        int same = 1;
        for (int i = 0; i < ${NAME}_INPUTS; i++) {
            word.bits = ${NAME}_TABLE_WORD(observation[v % ${rows}][i]);
            seen[i] = word.value;
        }
        word.bits = ${NAME}_TABLE_WORD(weight[v / ${rows}]);
        ${name}_step_with_weight(seen, word.value, action);
        for (int o = 0; o < ${NAME}_OUTPUTS; o++) {
            word.value = action[o];
            same = same && word.bits == ${NAME}_TABLE_WORD(expected[v][o]);
        }
        different += same ? 0 : 1;
    }
    return different;
}
#endif
""")


def selftest(network: Network, name: str) -> str:
    """Return the C function ``name_selftest``; the kernel computes its vectors."""
    weights, observations, expected = vectors(network)
    rows = len(observations)
    return _SELFTEST.substitute(
        name=name,
        NAME=name.upper(),
        weights=len(weights),
        rows=rows,
        weight=listed(_words(weights)),
        observation=_table(observations),
        expected=_table(expected),
    )


def _words(values: Floats) -> str:
    return ", ".join(f"0x{bits:08x}u" for bits in values.view(np.uint32).tolist())


def _table(rows: Floats) -> str:
    return ",\n".join(listed(f"{{{_words(row)}}}") for row in rows)
