/* The instruction set of a lane width, for the functions that follow: one file a width, and
 * no flag to forget. Elsewhere than on x86-64 the compiler's own set serves. What includes
 * this ends with isa_end.h. */
#if defined(__x86_64__) && defined(__clang__) && WANN_LANES == 8
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#elif defined(__x86_64__) && defined(__clang__) && WANN_LANES == 16
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#elif defined(__x86_64__) && WANN_LANES == 8
#pragma GCC target("avx2")
#elif defined(__x86_64__) && WANN_LANES == 16
#pragma GCC target("avx512f")
#endif
