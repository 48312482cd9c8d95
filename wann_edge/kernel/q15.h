/* Fixed point in 16-bit words: the scaling of a sum, and the activations.
 *
 * A word in Qn counts units of 2^-n. An activation accepts any |x| <= 2^30 and saturates it
 * itself; its comment gives the formats of x and of the result. Worst errors against float64
 * over all x are in docs/fixed-point.md; tests/kernel/test_fixed_activations.py checks them.
 *
 * Exported headers contain the text between "wann:begin NAME" and "wann:end".
 */
#ifndef WANN_Q15_H
#define WANN_Q15_H

#include "words.h"

/* wann:begin q15_saturate */
/* x, or the end of -32768..32767 that it lies beyond. */
static inline wann_word wann_q15_saturate(wann_word x)
{
    return wann_choose(wann_low16(x) == x, x, (x >> 31) ^ 32767);
}
/* wann:end */

/* wann:begin q15_scaled */
/* What an activation is given: the sum in its own format, times the shared weight. */
static wann_compact wann_word wann_q15_scaled(wann_word sum, int32_t sum_shift, wann_word weight,
                                              int32_t product_shift)
{
    wann_word narrow = wann_q15_saturate(wann_shift(sum, sum_shift));
    return wann_shift(narrow * weight, product_shift);
}
/* wann:end */

/* wann:begin q15_linear */
static inline wann_word wann_q15_linear(wann_word x)
{
    return wann_q15_saturate(x);
}
/* wann:end */

/* wann:begin q15_inverse */
static inline wann_word wann_q15_inverse(wann_word x)
{
    return wann_q15_saturate(0 - x);
}
/* wann:end */

/* wann:begin q15_abs */
static inline wann_word wann_q15_abs(wann_word x)
{
    return wann_q15_saturate(wann_choose(x < 0, 0 - x, x));
}
/* wann:end */

/* wann:begin q15_relu */
static inline wann_word wann_q15_relu(wann_word x)
{
    return wann_q15_saturate(wann_choose(x < 0, wann_word_of(0), x));
}
/* wann:end */

/* wann:begin q15_step */
/* 1 in Q14 where x > 0, else 0. */
static inline wann_word wann_q15_step(wann_word x)
{
    return wann_choose(x > 0, wann_word_of(16384), wann_word_of(0));
}
/* wann:end */

/* wann:begin q15_cos */
/* cos(pi x), x in Q15 taken modulo 2; Q14. It is sin(pi (1/2 - |x|)), and that an odd
 * minimax polynomial of degree 5, its constants chosen with these very roundings. */
static wann_compact wann_word wann_q15_cos(wann_word x)
{
    wann_word turn = wann_low16(x);
    wann_word quarter = 16384 - wann_choose(turn < 0, 0 - turn, turn);
    wann_word square = (quarter * quarter) >> 15;
    wann_word sum = ((square * 9431) >> 15) - 21042;
    sum = ((square * sum) >> 14) + 25728;
    return (quarter * sum + 8192) >> 14;
}
/* wann:end */

/* wann:begin q15_sin */
/* sin(pi x), x in Q15 taken modulo 2; Q14. */
static inline wann_word wann_q15_sin(wann_word x)
{
    return wann_q15_cos(x - 16384);
}
/* wann:end */

/* wann:begin q15_exp2 */
/* 2^-y, y in Q15 from 0 to below 31; Q15. A minimax polynomial of degree 3 for the part
 * of y beyond a whole number. */
static wann_compact wann_word wann_q15_exp2(wann_word y)
{
    wann_word part = y & 32767;
    wann_word sum = ((part * 1325) >> 15) - 7626;
    sum = ((part * sum) >> 15) + 22689;
    return (32768 - ((part * sum) >> 15)) >> (y >> 15);
}
/* wann:end */

/* wann:begin q15_gauss */
/* exp(-x^2 / 2), x in Q12; Q14. Beyond |x| = 5.66 it is what it is there, 0. */
static wann_compact wann_word wann_q15_gauss(wann_word x)
{
    wann_word bounded = wann_bound(x, -23170, 23170);
    wann_word square = (bounded * bounded) >> 12;
    return (wann_q15_exp2((square * 11819) >> 11) + 1) >> 1;
}
/* wann:end */

/* wann:begin q15_tanh */
/* tanh(x), x in Q12; Q14. (1 - e) / (1 + e) with e = exp(-2|x|): the reciprocal is a
 * minimax polynomial of degree 2 and one step of Newton's method. */
static wann_compact wann_word wann_q15_tanh(wann_word x)
{
    wann_word magnitude = wann_choose(x < 0, 0 - x, x);
    wann_word bounded = wann_choose(magnitude > 32767, wann_word_of(32767), magnitude);
    wann_word e = wann_q15_exp2((bounded * 23637) >> 10);
    wann_word guess = 16223 - ((e * (13238 - ((e * 5300) >> 15))) >> 15);
    wann_word one = ((32768 + e) * guess) >> 15;
    wann_word ratio = ((32768 - e) * ((guess * (32768 - one)) >> 14) + 16384) >> 15;
    return wann_choose(x < 0, 0 - ratio, ratio);
}
/* wann:end */

/* wann:begin q15_sigmoid */
/* 1 / (1 + exp(-x)), x in Q11; Q14. (tanh(x / 2) + 1) / 2, and x in Q11 is x / 2 in Q12. */
static inline wann_word wann_q15_sigmoid(wann_word x)
{
    return (wann_q15_tanh(x) + 16384) >> 1;
}
/* wann:end */

#endif
