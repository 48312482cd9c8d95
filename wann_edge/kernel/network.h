/* The kernel's form of a network, and its evaluation.
 *
 * Node 0 is the bias, always 1. The inputs follow, then the computed nodes in topological
 * order, outputs last. The value of a computed node is
 *     activation(shared weight * (sum of its sources)).
 * Sources are added in stored order; with single weights, each source is first multiplied
 * by its weight.
 */
#ifndef WANN_NETWORK_H
#define WANN_NETWORK_H

#include "activations.h"

typedef struct {
    int32_t inputs, outputs, computed;  /* numbers of nodes */
    const int32_t *activation;          /* [computed] indices in WANN_ACTIVATIONS */
    const int32_t *edge_end;            /* [computed] index after the node's last edge */
    const int32_t *source;              /* [edge_end[computed - 1]] node numbers */
    const float *edge_weight;           /* one per edge; NULL: all are 1 */
    const float *input_offset;          /* [inputs] value = (observation - offset) * scale */
    const float *input_scale;           /* [inputs] */
    const float *output_low;            /* [outputs] actions are clamped to low..high */
    const float *output_high;           /* [outputs] */
    const float *output_safe;           /* [outputs] the action when a number is not finite */
    const float *output_offset;         /* [outputs] action = value * scale + offset; -0 is none */
    const float *output_scale;          /* [outputs] */
} wann_network;

/* The number of vectors that are evaluated together: while the processor waits for the result
 * of one, it computes another. Arrays below are [item][WANN_BLOCKS] of wann_real. */
#ifndef WANN_BLOCKS
#define WANN_BLOCKS 1
#endif
/* Function calls for each node would take a third of the speed. */
#if defined(__GNUC__)
#define WANN_INLINE static inline __attribute__((always_inline))
#else
#define WANN_INLINE static inline
#endif

#define WANN_EACH_BLOCK(b) for (int b = 0; b < WANN_BLOCKS; b++)

/* Adds the terms of a node in stored order; edge < end. */
#define WANN_ADD_UP(term) \
    do { \
        WANN_EACH_BLOCK(b) sum[b] = term; \
        for (edge++; edge < end; edge++) \
            WANN_EACH_BLOCK(b) sum[b] = sum[b] + term; \
    } while (0)
#define WANN_SOURCE value[net->source[edge] * WANN_BLOCKS + b]

WANN_INLINE void wann_sum(const wann_network *net, const wann_real *lane_weight, int32_t edge,
                            int32_t end, const wann_real *value, wann_real *sum)
{
    WANN_EACH_BLOCK(b) sum[b] = wann_constant(0.0f);
    if (edge == end)
        return;
    if (lane_weight != 0)
        WANN_ADD_UP(WANN_SOURCE * lane_weight[edge * WANN_BLOCKS + b]);
    else if (net->edge_weight != 0)
        WANN_ADD_UP(WANN_SOURCE * net->edge_weight[edge]);
    else
        WANN_ADD_UP(WANN_SOURCE);
}
#undef WANN_SOURCE
#undef WANN_ADD_UP

WANN_INLINE void wann_activate(int32_t activation, const wann_real *x, wann_real *y)
{
#define WANN_CASE(name) \
    case WANN_##name: \
        WANN_EACH_BLOCK(b) y[b] = wann_##name(x[b]); \
        break;
    switch (activation) {
        WANN_ACTIVATIONS(WANN_CASE)
    default:  /* not an index of the table; callers check this */
        WANN_EACH_BLOCK(b) y[b] = x[b];
    }
#undef WANN_CASE
}

/* Scales the observations into value[1..inputs]. *finite is true in the lanes whose
 * observations are all finite. */
WANN_INLINE void wann_read_inputs(const wann_network *net, const wann_real *observation,
                                    wann_real *value, wann_mask *finite)
{
    WANN_EACH_BLOCK(b) {
        value[b] = wann_constant(1.0f);
        finite[b] = wann_true(value[b] == 1.0f);
    }
    for (int32_t i = 0; i < net->inputs; i++)
        WANN_EACH_BLOCK(b) {
            wann_real x = observation[i * WANN_BLOCKS + b];
            finite[b] = finite[b] & wann_true(wann_is_finite(x));
            value[(1 + i) * WANN_BLOCKS + b] = (x - net->input_offset[i]) * net->input_scale[i];
        }
}

/* wann:begin bounded */
/* low where x is below it, high where x is above it, safe where x is not a number. */
#define wann_bounded(x, low, high, safe) \
    wann_select((x) > (high), wann_constant(high), \
        wann_select((x) >= (low), (x), wann_select((x) < (low), wann_constant(low), safe)))
/* wann:end */

/* Scales the outputs and clamps them into the actions. Writes the safe action where an observation is not
 * finite or the output is not a number. */
WANN_INLINE void wann_write_outputs(const wann_network *net, const wann_real *value,
                                      const wann_mask *finite, wann_real *action)
{
    const wann_real *last = value + (1 + net->inputs + net->computed - net->outputs) * WANN_BLOCKS;
    for (int32_t o = 0; o < net->outputs; o++)
        WANN_EACH_BLOCK(b) {
            wann_real y = last[o * WANN_BLOCKS + b] * net->output_scale[o] + net->output_offset[o];
            wann_real safe = wann_constant(net->output_safe[o]);
            wann_real bounded = wann_bounded(y, net->output_low[o], net->output_high[o], safe);
            action[o * WANN_BLOCKS + b] = wann_select(finite[b], bounded, safe);
        }
}

/* Evaluates the network.
 * lane_weight: [edges][WANN_BLOCKS], replaces the network's edge weights; or NULL.
 * value: room for [1 + inputs + computed][WANN_BLOCKS].
 * sum: room for [computed][WANN_BLOCKS], receives the argument of each activation; or NULL. */
WANN_INLINE void wann_forward(const wann_network *net, const wann_real *weight,
                                const wann_real *lane_weight, const wann_real *observation,
                                wann_real *value, wann_real *sum, wann_real *action)
{
    wann_mask finite[WANN_BLOCKS];
    wann_read_inputs(net, observation, value, finite);
    wann_real *node = value + (1 + net->inputs) * WANN_BLOCKS;
    int32_t edge = 0;
    for (int32_t i = 0; i < net->computed; i++, node += WANN_BLOCKS) {
        wann_real x[WANN_BLOCKS];
        wann_sum(net, lane_weight, edge, net->edge_end[i], value, x);
        edge = net->edge_end[i];
        WANN_EACH_BLOCK(b) x[b] = x[b] * weight[b];
        wann_activate(net->activation[i], x, node);
        if (sum != 0)
            WANN_EACH_BLOCK(b) sum[i * WANN_BLOCKS + b] = x[b];
    }
    wann_write_outputs(net, value, finite, action);
}

#endif
