/* The integer type of fixed-point functions, as real.h is for floats.
 *
 * With one lane a word is an int32_t, otherwise a vector of them. Each primitive gives every
 * lane the same bits as the scalar form. Words are two's complement and right shifts are
 * arithmetic, which gcc and clang ensure on every processor.
 *
 * Exported headers contain the text between "wann:begin NAME" and "wann:end".
 */
#ifndef WANN_WORDS_H
#define WANN_WORDS_H

#ifndef WANN_LANES
#define WANN_LANES 1
#endif

#if WANN_LANES == 1

/* wann:begin word */
#include <stdint.h>

typedef int32_t wann_word;

#define wann_word_of(n) (n)
#define wann_choose(condition, yes, no) ((condition) ? (yes) : (no))
#define wann_low16(x) ((int32_t)(int16_t)(x))

/* What is called often stays out of line where clang is asked for small code. */
#if defined(__clang__) && defined(__OPTIMIZE_SIZE__)
#define wann_compact __attribute__((noinline, unused))
#else
#define wann_compact inline
#endif
/* wann:end */

/* wann:begin long */
typedef int64_t wann_long;

#define wann_widen(x) ((int64_t)(x))
#define wann_low32(x) ((int32_t)(x))
/* wann:end */

#else

#include <stdint.h>

typedef int32_t wann_word __attribute__((vector_size(4 * WANN_LANES)));
typedef uint32_t wann_bits __attribute__((vector_size(4 * WANN_LANES)));
typedef int64_t wann_long __attribute__((vector_size(8 * WANN_LANES)));

#define wann_compact inline
#define wann_word_of(n) ((wann_word){0} + (n))
#define wann_choose(condition, yes, no) (((condition) & (yes)) | (~(condition) & (no)))
#define wann_low16(x) ((wann_word)((wann_bits)(x) << 16) >> 16)
#define wann_widen(x) __builtin_convertvector((x), wann_long)
#define wann_low32(x) __builtin_convertvector((x), wann_word)

#endif

/* wann:begin bound */
static inline wann_word wann_bound(wann_word x, int32_t low, int32_t high)
{
    wann_word raised = wann_choose(x < low, wann_word_of(low), x);
    return wann_choose(raised > high, wann_word_of(high), raised);
}
/* wann:end */

/* wann:begin shift */
/* x / 2^n to the nearest whole number, a half upwards; n is 0 to 30, |x| at most 2^30. */
static inline wann_word wann_shift(wann_word x, int32_t n)
{
    const int32_t half = ((int32_t)1 << n) >> 1;
    return (x + half) >> n;
}
/* wann:end */

#endif
