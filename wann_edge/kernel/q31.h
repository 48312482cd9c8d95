/* Fixed point in 32-bit words: the scaling of a sum, and the activations; the counterpart of
 * q15.h. Products have 64 bits. An activation accepts every word except where its comment
 * excludes one; wann_q31_scaled never returns the excluded one.
 */
#ifndef WANN_Q31_H
#define WANN_Q31_H

#include "words.h"

/* wann:begin q31_multiply */
/* a b / 2^n, rounded down; its low 32 bits. */
static wann_compact wann_word wann_q31_multiply(wann_word a, wann_word b, int32_t n)
{
    return wann_low32((wann_widen(a) * wann_widen(b)) >> n);
}
/* wann:end */

/* wann:begin q31_scaled */
/* What an activation is given: the sum times the shared weight, saturated to
 * -(2^31 - 1)..2^31 - 1. */
static wann_compact wann_word wann_q31_scaled(wann_word sum, wann_word weight, int32_t product_shift)
{
    wann_long product = (wann_widen(sum) * wann_widen(weight)) >> product_shift;
    product = wann_choose(product > 2147483647, wann_widen(wann_word_of(2147483647)), product);
    product = wann_choose(product < -2147483647, wann_widen(wann_word_of(-2147483647)), product);
    return wann_low32(product);
}
/* wann:end */

/* wann:begin q31_linear */
static inline wann_word wann_q31_linear(wann_word x)
{
    return x;
}
/* wann:end */

/* wann:begin q31_inverse */
/* x: not -2^31. */
static inline wann_word wann_q31_inverse(wann_word x)
{
    return 0 - x;
}
/* wann:end */

/* wann:begin q31_abs */
/* x: not -2^31. */
static inline wann_word wann_q31_abs(wann_word x)
{
    return wann_choose(x < 0, 0 - x, x);
}
/* wann:end */

/* wann:begin q31_relu */
static inline wann_word wann_q31_relu(wann_word x)
{
    return wann_choose(x < 0, wann_word_of(0), x);
}
/* wann:end */

/* wann:begin q31_step */
/* 1 in Q30 where x > 0, else 0. */
static inline wann_word wann_q31_step(wann_word x)
{
    return wann_choose(x > 0, wann_word_of(1073741824), wann_word_of(0));
}
/* wann:end */

/* wann:begin q31_cos */
/* cos(pi x), x in Q31 from -1 to below 1; Q30. It is sin(pi (1/2 - |x|)), and that an odd
 * minimax polynomial of degree 9. Below 0, ~x stands for -x, which -1 does not have. */
static wann_compact wann_word wann_q31_cos(wann_word x)
{
    wann_word quarter = 1073741824 - (x ^ (x >> 31));
    wann_word square = wann_q31_multiply(quarter, quarter, 31);
    wann_word sum = wann_q31_multiply(square, wann_word_of(20994090), 31) - 160678689;
    sum = wann_q31_multiply(square, sum, 31) + 684543304;
    sum = wann_q31_multiply(square, sum, 31) - 1387197218;
    sum = wann_q31_multiply(square, sum, 31) + 843314856;
    return wann_q31_multiply(quarter, sum, 29);
}
/* wann:end */

/* wann:begin q31_sin */
/* sin(pi x), x in Q31 from -1 to below 1; Q30. */
static inline wann_word wann_q31_sin(wann_word x)
{
    return wann_q31_cos(wann_low32(wann_widen(x) - 1073741824));
}
/* wann:end */

/* wann:begin q31_exp2 */
/* 2^-y, y in Q26 from 0 to below 31; Q30. A minimax polynomial of degree 6 for the part
 * of y beyond a whole number. */
static wann_compact wann_word wann_q31_exp2(wann_word y)
{
    wann_word part = (y & 67108863) << 5;
    wann_word sum = wann_q31_multiply(part, wann_word_of(259480), 31) - 2805828;
    sum = wann_q31_multiply(part, sum, 31) + 20637158;
    sum = wann_q31_multiply(part, sum, 31) - 119192870;
    sum = wann_q31_multiply(part, sum, 31) + 515882472;
    sum = wann_q31_multiply(part, sum, 31) - 1488522236;
    return (1073741824 + wann_q31_multiply(part, sum, 32)) >> (y >> 26);
}
/* wann:end */

/* wann:begin q31_gauss */
/* exp(-x^2 / 2), x in Q28; Q30. Beyond |x| = 6.5 it is what it is there, 7e-10. */
static wann_compact wann_word wann_q31_gauss(wann_word x)
{
    wann_word bounded = wann_bound(x, -1744830464, 1744830464);
    wann_word square = wann_q31_multiply(bounded, bounded, 31);
    return wann_q31_exp2(wann_q31_multiply(square, wann_word_of(1549082005), 30));
}
/* wann:end */

/* wann:begin q31_tanh */
/* tanh(x), x in Q28; Q30. (1 - e) / (1 + e) with e = exp(-2|x|): the reciprocal is a
 * minimax polynomial of degree 2 and two steps of Newton's method. x: not -2^31. */
static wann_compact wann_word wann_q31_tanh(wann_word x)
{
    wann_word magnitude = wann_choose(x < 0, 0 - x, x);
    wann_word e = wann_q31_exp2(wann_q31_multiply(magnitude, wann_word_of(1549082005), 31));
    wann_word half = 536870912 + (e >> 1);
    wann_word guess = wann_q31_multiply(e, wann_word_of(347068115), 30);
    guess = 1062896001 - wann_q31_multiply(e, 867670292 - guess, 30);
    guess = guess + wann_q31_multiply(guess, 1073741824 - wann_q31_multiply(half, guess, 29), 30);
    guess = guess + wann_q31_multiply(guess, 1073741824 - wann_q31_multiply(half, guess, 29), 30);
    wann_word ratio = wann_q31_multiply(1073741824 - e, guess, 30);
    return wann_choose(x < 0, 0 - ratio, ratio);
}
/* wann:end */

/* wann:begin q31_sigmoid */
/* 1 / (1 + exp(-x)), x in Q27; Q30. (tanh(x / 2) + 1) / 2, and x in Q27 is x / 2 in Q28. */
static inline wann_word wann_q31_sigmoid(wann_word x)
{
    return 536870912 + (wann_q31_tanh(x) >> 1);
}
/* wann:end */

#endif
