/* The number type that every function of the kernel is written for.
 *
 * WANN_LANES 1 (the default, and what a device compiles): wann_real is a float.
 * WANN_LANES 4, 8 or 16: wann_real is a vector of floats, one lane for each
 * (shared weight, episode) pair. Each primitive gives a lane the bits that the
 * scalar form gives a float, so every width gives the same results.
 *
 * Exported headers contain the text between "wann:begin NAME" and "wann:end".
 */
#ifndef WANN_REAL_H
#define WANN_REAL_H

#ifndef WANN_LANES
#define WANN_LANES 1
#endif

/* wann:begin contraction */
/* A product and a sum must not become one fused operation, which rounds once
 * where the search rounded twice. */
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0) || \
    defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || defined(__NO_SIGNED_ZEROS__)
#error "wann-edge: compile without -ffast-math or its parts, or the bits are not the verified ones"
#endif
#if defined(__FLT_EVAL_METHOD__) && (__FLT_EVAL_METHOD__ == 1 || __FLT_EVAL_METHOD__ == 2)
#error "wann-edge: floats are computed in a wider type here; on 32-bit x86 add -msse2 -mfpmath=sse"
#endif
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif
/* wann:end */

#if WANN_LANES == 1

/* wann:begin real */
#include <stdint.h>

typedef float wann_real;
typedef int32_t wann_int;

#define wann_constant(x) (x)
#define wann_select(condition, yes, no) ((condition) ? (yes) : (no))
#define wann_to_int(x) ((int32_t)(x))
#define wann_to_real(n) ((float)(n))

/* Floats as words: comparisons and signs that cost no floating point where that is soft. */
static inline uint32_t wann_bits(float x)
{
    union { float value; uint32_t bits; } word;
    word.value = x;
    return word.bits;
}

static inline float wann_from_bits(uint32_t bits)
{
    union { uint32_t bits; float value; } word;
    word.bits = bits;
    return word.value;
}

#define wann_is_finite(x) (wann_bits(x) << 1 < 0xff000000u)
/* x < limit for x that is not below 0, or is NaN, and limit above 0. */
#define wann_is_below(x, limit) (wann_bits(x) < wann_bits(limit))
#if defined(__GNUC__)
#define wann_magnitude(x) __builtin_fabsf(x)
#else
#define wann_magnitude(x) wann_from_bits(wann_bits(x) & 0x7fffffffu)
#endif
/* Even for x not below 0 and odd for others, -0 among them. */
#define wann_sign(x) ((int32_t)(wann_bits(x) >> 31))
/* x 2^n where neither is below the smallest normal float. */
#define wann_scaled(x, n) wann_from_bits(wann_bits(x) + ((uint32_t)(n) << 23))
#define wann_negated_if_odd(x, n) (((n) & 1) != 0 ? -(x) : (x))
/* wann:end */

typedef int32_t wann_mask;
#define wann_true(condition) ((wann_mask)-(condition))

#else

#include <stdint.h>

typedef float wann_real __attribute__((vector_size(4 * WANN_LANES)));
typedef int32_t wann_int __attribute__((vector_size(4 * WANN_LANES)));
typedef uint32_t wann_uint __attribute__((vector_size(4 * WANN_LANES)));
typedef wann_int wann_mask;

#define wann_constant(x) ((wann_real){0} + (x))
#define wann_to_int(x) __builtin_convertvector((x), wann_int)
#define wann_to_real(n) __builtin_convertvector((n), wann_real)
#define wann_true(condition) (condition)

static inline wann_real wann_select(wann_mask condition, wann_real yes, wann_real no)
{
    return (wann_real)((condition & (wann_int)yes) | (~condition & (wann_int)no));
}

#define wann_is_finite(x) (((wann_int)(x) & 0x7f800000) != 0x7f800000)
#define wann_is_below(x, limit) ((x) < (limit))
#define wann_magnitude(x) ((wann_real)((wann_int)(x) & 0x7fffffff))
#define wann_sign(x) ((wann_int)(x) >> 31)
#define wann_scaled(x, n) ((wann_real)((wann_uint)(x) + ((wann_uint)(n) << 23)))
#define wann_negated_if_odd(x, n) ((wann_real)((wann_int)(x) ^ ((n) << 31)))

#endif

#endif
