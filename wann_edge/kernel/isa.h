/* Selects the instruction set of a lane width for the functions that follow, so that no compiler
 * flag is needed. On processors other than x86-64 the compiler's default applies. A file that
 * includes this header includes isa_end.h at its end. */
#if defined(__x86_64__) && defined(__clang__) && WANN_LANES == 8
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#elif defined(__x86_64__) && defined(__clang__) && WANN_LANES == 16
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#elif defined(__x86_64__) && WANN_LANES == 8
#pragma GCC target("avx2")
#elif defined(__x86_64__) && WANN_LANES == 16
#pragma GCC target("avx512f")
#endif
