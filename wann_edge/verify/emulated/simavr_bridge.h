/* What simavr_bridge.c returns to Python; simavr_core.py mirrors it. */
#ifndef SIMAVR_BRIDGE_H
#define SIMAVR_BRIDGE_H

#include <stdint.h>

/* The result of a call. came_back: 0 where it crashed or reached the limit of cycles. */
typedef struct {
    uint64_t cycles, instructions;
    uint32_t lowest_stack;
    int32_t came_back;
} call_result;

#endif
