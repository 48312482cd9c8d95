/* The activation functions, for floats and for lanes alike.
 *
 * Only +, -, *, /, comparisons and exact conversions are used, in a fixed order,
 * so that every compiler and processor with IEEE 754 single precision gives the
 * same bits. Worst errors against float64 over all finite floats are in
 * docs/kernel.md and are held by tests/test_activations.py.
 *
 * Text between "wann:begin NAME" and "wann:end" is what exported headers carry.
 */
#ifndef WANN_ACTIVATIONS_H
#define WANN_ACTIVATIONS_H

#include "real.h"

/* One table: the enum, the names and the dispatch are made from it.
 * The ten functions of Gaier & Ha (2019), in the order of the published code. */
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
    return wann_select(x > 0.0f, x, 0.0f - x);
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
/* sin(pi x). A float of 2^23 or more is a whole number, where the sine is 0;
 * infinity and NaN give 0 too. */
static inline wann_real wann_sin(wann_real x)
{
    wann_real magnitude = wann_select(x < 0.0f, -x, x);
    wann_real turn = wann_select(magnitude < 8388608.0f, x, wann_constant(0.0f));
    wann_real half = wann_select(turn < 0.0f, wann_constant(-0.5f), wann_constant(0.5f));
    wann_int nearest = wann_to_int(turn + half);
    return wann_negate_if_odd(wann_sin_half_turn(turn - wann_to_real(nearest)), nearest);
}
/* wann:end */

/* wann:begin cos */
/* cos(pi x). A float of 2^24 or more is an even number, where the cosine is 1;
 * infinity and NaN give 1 too. */
static inline wann_real wann_cos(wann_real x)
{
    wann_real magnitude = wann_select(x < 0.0f, -x, x);
    wann_real turn = wann_select(magnitude < 16777216.0f, magnitude, wann_constant(0.0f));
    wann_int below = wann_to_int(turn);
    return wann_negate_if_odd(wann_sin_half_turn(0.5f - (turn - wann_to_real(below))), below);
}
/* wann:end */

/* wann:begin exp2_minus_1 */
/* 2^y - 1 for y <= 0, with small relative error near y = 0; NaN gives -1.
 * 2^y = 2^whole 2^part with |part| <= 1/2, and a minimax polynomial for the part. */
static inline wann_real wann_exp2_minus_1(wann_real y)
{
    wann_real bounded = wann_select(y > -26.0f, y, wann_constant(-26.0f));
    wann_int whole = wann_to_int(bounded - 0.5f);
    wann_real part = bounded - wann_to_real(whole);
    wann_real scale = wann_power_of_two(whole);
    wann_real sum = part * 0.000154035122f + 0.00133907353f;
    sum = sum * part + 0.00961823761f;
    sum = sum * part + 0.0555035733f;
    sum = sum * part + 0.240226492f;
    sum = sum * part + 0.693147182f;
    return sum * part * scale + (scale - 1.0f);
}
/* wann:end */

/* wann:begin gauss */
/* exp(-x^2 / 2); NaN gives 0. */
static inline wann_real wann_gauss(wann_real x)
{
    return wann_exp2_minus_1(x * x * -0.72134752f) + 1.0f;
}
/* wann:end */

/* wann:begin tanh */
/* tanh|x| = (1 - e) / (1 + e) with e = exp(-2|x|); NaN gives 1. */
static inline wann_real wann_tanh(wann_real x)
{
    wann_real magnitude = wann_select(x < 0.0f, -x, x);
    wann_real change = wann_exp2_minus_1(magnitude * -2.88539008f);
    wann_real ratio = (0.0f - change) / (change + 2.0f);
    return wann_select(x < 0.0f, -ratio, ratio);
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
