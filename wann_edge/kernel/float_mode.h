/* The floating-point mode of a thread: rounding, treatment of subnormals, traps.
 *
 * Libraries in the process can change it: code linked with -ffast-math flushes subnormals to
 * zero in the thread that loads it. fenv.h has no flush-to-zero and needs libm, so the control
 * register is read and written here. Other architectures than these keep the mode they are in. */
#ifndef WANN_FLOAT_MODE_H
#define WANN_FLOAT_MODE_H

#include <stdint.h>

#if defined(__x86_64__)
/* MXCSR with all exceptions masked. */
#define WANN_IEEE_MODE 0x1f80u
#else
#define WANN_IEEE_MODE 0u
#endif

/* Sets the mode; returns the one before. WANN_IEEE_MODE rounds to nearest, keeps subnormals and
 * never traps. The clobber keeps memory accesses on their side of the change. */
static inline uint64_t wann_mode(uint64_t mode)
{
#if defined(__x86_64__)
    uint32_t before, after = (uint32_t)mode;
    __asm__ volatile("stmxcsr %0" : "=m"(before) : : "memory");
    __asm__ volatile("ldmxcsr %0" : : "m"(after) : "memory");
    return before;
#elif defined(__aarch64__)
    uint64_t before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before) : : "memory");
    __asm__ volatile("msr fpcr, %0" : : "r"(mode) : "memory");
    return before;
#else
    return mode;
#endif
}

#endif
