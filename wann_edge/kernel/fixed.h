/* A network in fixed point, and its evaluation: the counterpart of network.h in integers.
 *
 * Every node has its own format Qn: its words count units of 2^-n. The formats are chosen when
 * a network is quantised (wann_edge/network/fixed_network.py); here they appear only as
 * shifts. The value of a computed node is
 *     activation(shared weight * (sum of its sources)).
 * The sum is exact with 16-bit words; with 32-bit words each source is rounded down. It fits
 * an int32_t, because its format leaves room for the largest words. With single weights, each
 * source is multiplied by its factor instead of shifted.
 */
#ifndef WANN_FIXED_H
#define WANN_FIXED_H

#include "network.h"
#include "q15.h"
#include "q31.h"

typedef struct {
    const wann_network *net;       /* topology, input offsets, safe actions */
    int32_t wide;                  /* 0: 16-bit words, q15.h; 1: 32-bit words, q31.h */
    float weight_units;            /* a shared weight's word = weight * units */
    const int32_t *edge_shift;     /* one per edge: to the left, or to the right if negative */
    const int32_t *edge_factor;    /* one per edge, in place of shifts; or NULL */
    const int32_t *sum_shift;      /* [computed] right shift before the shared weight */
    const int32_t *product_shift;  /* [computed] right shift after it; at least 1 */
    const float *input_units;      /* [inputs] word = (observation - offset) * units */
    const int32_t *output_low;     /* [outputs] words of actions are bounded to low..high */
    const int32_t *output_high;    /* [outputs] */
    const float *output_step;      /* [outputs] action = word * step + offset of the output */
} wann_fixed;

/* wann:begin nearest_word */
/* x as the nearest whole number within -limit..limit, a half away from 0; NaN is 0. */
static inline wann_int wann_nearest_word(wann_real x, float limit)
{
    wann_real number = wann_bounded(x, -limit, limit, wann_constant(0.0f));
    wann_int whole = wann_to_int(number);
    wann_real rest = number - wann_to_real(whole);  /* exact, as its double is */
    return whole + wann_to_int(rest + rest);
}
/* wann:end */

/* The largest float that a word can hold. */
#define WANN_WORD_LIMIT(fixed) ((fixed)->wide ? 2147483520.0f : 32767.0f)

WANN_INLINE void wann_fixed_sum(const wann_fixed *fixed, int32_t edge, int32_t end,
                                const wann_word *value, wann_word *sum)
{
    WANN_EACH_BLOCK(b) sum[b] = wann_word_of(0);
    for (; edge < end; edge++) {
        const wann_word *source = value + fixed->net->source[edge] * WANN_BLOCKS;
        if (fixed->edge_factor == 0) {
            int32_t left = fixed->edge_shift[edge];
            int32_t times = (int32_t)1 << (left < 0 ? 0 : left);
            int32_t right = left < 0 ? -left : 0;
            WANN_EACH_BLOCK(b) sum[b] = sum[b] + ((source[b] * times) >> right);
        } else {
            wann_word factor = wann_word_of(fixed->edge_factor[edge]);
            if (fixed->wide)
                WANN_EACH_BLOCK(b) sum[b] = sum[b] + wann_q31_multiply(source[b], factor, 31);
            else
                WANN_EACH_BLOCK(b) sum[b] = sum[b] + source[b] * factor;
        }
    }
}

/* The argument of the node's activation; saturated unless the activation is periodic. */
WANN_INLINE void wann_fixed_scale(const wann_fixed *fixed, int32_t node, const wann_word *weight,
                                  wann_word *x)
{
    int32_t activation = fixed->net->activation[node], shift = fixed->product_shift[node];
    if (!fixed->wide)
        WANN_EACH_BLOCK(b) x[b] = wann_q15_scaled(x[b], fixed->sum_shift[node], weight[b], shift);
    else if (activation == WANN_sin || activation == WANN_cos)
        WANN_EACH_BLOCK(b) x[b] = wann_q31_multiply(x[b], weight[b], shift);
    else
        WANN_EACH_BLOCK(b) x[b] = wann_q31_scaled(x[b], weight[b], shift);
}

WANN_INLINE void wann_fixed_activate(int32_t wide, int32_t activation, const wann_word *x,
                                     wann_word *y)
{
#define WANN_CASE(name) \
    case WANN_##name: \
        if (wide) \
            WANN_EACH_BLOCK(b) y[b] = wann_q31_##name(x[b]); \
        else \
            WANN_EACH_BLOCK(b) y[b] = wann_q15_##name(x[b]); \
        break;
    switch (activation) {
        WANN_ACTIVATIONS(WANN_CASE)
    default:  /* not an id of the table; callers check this */
        WANN_EACH_BLOCK(b) y[b] = x[b];
    }
#undef WANN_CASE
}

/* value: [1 + inputs + computed][WANN_BLOCKS], the words of the inputs in their places.
 * sum: NULL, or room for [computed][WANN_BLOCKS] that receives the argument of each
 * activation. */
WANN_INLINE void wann_fixed_walk(const wann_fixed *fixed, const wann_word *weight,
                                 wann_word *value, wann_word *sum)
{
    const wann_network *net = fixed->net;
    wann_word *node = value + (1 + net->inputs) * WANN_BLOCKS;
    WANN_EACH_BLOCK(b) value[b] = wann_word_of(fixed->wide ? 1073741824 : 16384);
    int32_t edge = 0;
    for (int32_t i = 0; i < net->computed; i++, node += WANN_BLOCKS) {
        wann_word x[WANN_BLOCKS];
        wann_fixed_sum(fixed, edge, net->edge_end[i], value, x);
        edge = net->edge_end[i];
        wann_fixed_scale(fixed, i, weight, x);
        wann_fixed_activate(fixed->wide, net->activation[i], x, node);
        if (sum != 0)
            WANN_EACH_BLOCK(b) sum[i * WANN_BLOCKS + b] = x[b];
    }
}

/* The word of an action, for one vector of lanes. */
static inline wann_word wann_fixed_action(const wann_fixed *fixed, const wann_word *value,
                                          int32_t output, int b)
{
    const wann_network *net = fixed->net;
    int32_t node = 1 + net->inputs + net->computed - net->outputs + output;
    return wann_bound(value[node * WANN_BLOCKS + b], fixed->output_low[output],
                      fixed->output_high[output]);
}

/* The walk for callers with floats: converts observations to words, and words to actions. Writes
 * the safe action where an observation is not finite. value and sum: as for the walk. */
WANN_INLINE void wann_fixed_forward(const wann_fixed *fixed, const wann_real *weight,
                                    const wann_real *observation, wann_word *value,
                                    wann_word *sum, wann_real *action)
{
    const wann_network *net = fixed->net;
    wann_word factor[WANN_BLOCKS];
    wann_mask finite[WANN_BLOCKS];
    WANN_EACH_BLOCK(b) {
        factor[b] = wann_nearest_word(weight[b] * fixed->weight_units, WANN_WORD_LIMIT(fixed));
        finite[b] = wann_true(weight[b] == weight[b]);
    }
    for (int32_t i = 0; i < net->inputs; i++)
        WANN_EACH_BLOCK(b) {
            wann_real x = observation[i * WANN_BLOCKS + b];
            finite[b] = finite[b] & wann_true(wann_is_finite(x));
            value[(1 + i) * WANN_BLOCKS + b] = wann_nearest_word(
                (x - net->input_offset[i]) * fixed->input_units[i], WANN_WORD_LIMIT(fixed));
        }
    wann_fixed_walk(fixed, factor, value, sum);
    for (int32_t o = 0; o < net->outputs; o++)
        WANN_EACH_BLOCK(b) {
            wann_real y = wann_to_real(wann_fixed_action(fixed, value, o, b));
            y = y * fixed->output_step[o] + net->output_offset[o];
            action[o * WANN_BLOCKS + b] =
                wann_select(finite[b], y, wann_constant(net->output_safe[o]));
        }
}

#endif
