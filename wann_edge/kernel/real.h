/* The number type that every function of the kernel is written for.
 *
 * WANN_LANES 1 (the default, and what a device compiles): wann_real is a float.
 * WANN_LANES 4, 8 or 16: wann_real is a vector of floats, one lane for each
 * (shared weight, episode) pair. Each primitive gives a lane the bits that the
 * scalar form gives a float, so every width gives the same results.
 *
 * Text between "wann:begin NAME" and "wann:end" is what exported headers carry.
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

static inline float wann_power_of_two(int32_t n)
{
    union { uint32_t bits; float value; } power;
    power.bits = (uint32_t)(n + 127) << 23;
    return power.value;
}

static inline float wann_negate_if_odd(float x, int32_t n)
{
    return (n & 1) != 0 ? -x : x;
}
/* wann:end */

typedef int32_t wann_mask;
#define wann_true(condition) ((wann_mask)-(condition))

#else

#include <stdint.h>

typedef float wann_real __attribute__((vector_size(4 * WANN_LANES)));
typedef int32_t wann_int __attribute__((vector_size(4 * WANN_LANES)));
typedef wann_int wann_mask;

#define wann_constant(x) ((wann_real){0} + (x))
#define wann_to_int(x) __builtin_convertvector((x), wann_int)
#define wann_to_real(n) __builtin_convertvector((n), wann_real)
#define wann_true(condition) (condition)

static inline wann_real wann_select(wann_mask condition, wann_real yes, wann_real no)
{
    return (wann_real)((condition & (wann_int)yes) | (~condition & (wann_int)no));
}

static inline wann_real wann_power_of_two(wann_int n)
{
    return (wann_real)((n + 127) << 23);
}

static inline wann_real wann_negate_if_odd(wann_real x, wann_int n)
{
    return (wann_real)((wann_int)x ^ (n << 31));
}

#endif

#endif
