/* The activation functions, for floats and for lanes alike.
 *
 * Only +, -, *, /, comparisons and exact conversions are used, in a fixed order,
 * so that every compiler and processor with IEEE 754 single precision gives the
 * same bits. Worst errors against float64 over all finite floats are in
 * docs/kernel.md; tests/kernel/test_activations.py checks them.
 *
 * Exported headers contain the text between "wann:begin NAME" and "wann:end".
 */
#ifndef WANN_ACTIVATIONS_H
#define WANN_ACTIVATIONS_H

#include "real.h"

/* The enum, the names and the dispatch derive from this table; activations.py has a row of facts
 * for each entry. The ten functions of Gaier & Ha (2019), in the order of the published code. */
#define WANN_ACTIVATIONS(X) \
    X(linear) X(step) X(sin) X(gauss) X(tanh) X(sigmoid) X(inverse) X(abs) X(relu) X(cos)

#define WANN_ENUM(name) WANN_##name,
enum { WANN_ACTIVATIONS(WANN_ENUM) WANN_ACTIVATION_COUNT };
#undef WANN_ENUM

/* wann:begin linear */
static inline wann_real wann_linear(wann_real x)
{
    return x;
}
/* wann:end */

/* wann:begin step */
/* 1 where x > 0, else 0; NaN gives 0. */
static inline wann_real wann_step(wann_real x)
{
    return wann_select(x > 0.0f, wann_constant(1.0f), wann_constant(0.0f));
}
/* wann:end */

/* wann:begin inverse */
static inline wann_real wann_inverse(wann_real x)
{
    return -x;
}
/* wann:end */

/* wann:begin abs */
static inline wann_real wann_abs(wann_real x)
{
    return wann_magnitude(x);
}
/* wann:end */

/* wann:begin relu */
/* max(0, x); NaN gives 0. */
static inline wann_real wann_relu(wann_real x)
{
    return wann_select(x > 0.0f, x, wann_constant(0.0f));
}
/* wann:end */

/* wann:begin sin_half_turn */
/* sin(pi u) for |u| <= 1/2: the odd minimax polynomial of degree 9. */
static inline wann_real wann_sin_half_turn(wann_real u)
{
    wann_real square = u * u;
    wann_real sum = square * 0.0775603652f - 0.598242104f;
    sum = sum * square + 2.55006981f;
    sum = sum * square - 5.16770983f;
    sum = sum * square + 3.14159274f;
    return sum * u;
}
/* wann:end */

/* wann:begin sin */
/* sin(pi x) for |x| < 2^23. */
static inline wann_real wann_sin_below(wann_real x, wann_real magnitude)
{
    wann_int nearest = wann_to_int(magnitude + 0.5f);
    wann_real rest = magnitude - wann_to_real(nearest);
    return wann_sin_half_turn(wann_negated_if_odd(rest, nearest ^ wann_sign(x)));
}

/* sin(pi x). A float of 2^23 or more is a whole number, where the sine is 0;
 * infinity and NaN give 0 too. */
static inline wann_real wann_sin(wann_real x)
{
    wann_real magnitude = wann_magnitude(x);
    return wann_select(wann_is_below(magnitude, 8388608.0f), wann_sin_below(x, magnitude),
                       wann_constant(0.0f));
}
/* wann:end */

/* wann:begin cos */
/* cos(pi x) for 0 <= x < 2^24. */
static inline wann_real wann_cos_below(wann_real x)
{
    wann_int below = wann_to_int(x);
    wann_real rest = 0.5f - (x - wann_to_real(below));
    return wann_sin_half_turn(wann_negated_if_odd(rest, below));
}

/* cos(pi x). A float of 2^24 or more is an even number, where the cosine is 1;
 * infinity and NaN give 1 too. */
static inline wann_real wann_cos(wann_real x)
{
    wann_real magnitude = wann_magnitude(x);
    return wann_select(wann_is_below(magnitude, 16777216.0f), wann_cos_below(magnitude),
                       wann_constant(1.0f));
}
/* wann:end */

/* wann:begin gauss */
/* exp(-square / 2) for 0 <= square < 64, as 2^y. y is split into a whole number and a part
 * of -1 < part <= 0, whose power is (1 + q) / (1 - q): q = tanh(part ln(2) / 2) is u / v, a
 * rational minimax approximation. */
static inline wann_real wann_gauss_below(wann_real square)
{
    wann_real y = square * -0.72134752f;
    wann_int whole = wann_to_int(y);
    wann_real part = y - wann_to_real(whole);
    wann_real part_square = part * part;
    wann_real u = (part_square * 0.0574827306f + 7.22061396f) * part;
    wann_real v = part_square + 20.8342896f;
    return wann_scaled((v + u) / (v - u), whole);
}

/* exp(-x^2 / 2); 0 where it is below 2^-46, and for NaN. */
static inline wann_real wann_gauss(wann_real x)
{
    wann_real square = x * x;
    return wann_select(wann_is_below(square, 64.0f), wann_gauss_below(square),
                       wann_constant(0.0f));
}
/* wann:end */

/* wann:begin tanh */
/* tanh(x) = 2 u v / (u u + v v), where u / v is a rational minimax approximation of
 * tanh(x / 2): what it is off by near 1 falls out. 1 or -1 where x^2 >= 66; NaN gives 1. */
static inline wann_real wann_tanh(wann_real x)
{
    wann_real square = x * x;
    wann_real u = square * 45.988327f + 11876.2773f;
    u = (u * square + 398110.031f) * x;
    wann_real v = square + 965.514893f;
    v = v * square + 90104.2031f;
    v = v * square + 796220.062f;
    wann_real product = u * v;
    return wann_select(wann_is_below(square, 66.0f), (product + product) / (u * u + v * v),
                       wann_select(x < 0.0f, wann_constant(-1.0f), wann_constant(1.0f)));
}
/* wann:end */

/* wann:begin sigmoid */
/* 1 / (1 + exp(-x)), as (tanh(x / 2) + 1) / 2; NaN gives 1. */
static inline wann_real wann_sigmoid(wann_real x)
{
    return wann_tanh(x * 0.5f) * 0.5f + 0.5f;
}
/* wann:end */

#endif
