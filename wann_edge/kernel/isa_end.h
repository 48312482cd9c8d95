/* Ends the selection made by isa.h. */
#if defined(__x86_64__) && defined(__clang__) && WANN_LANES >= 8
#pragma clang attribute pop
#endif
