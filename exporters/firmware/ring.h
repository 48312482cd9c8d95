/* A ring buffer of bytes from the receiver's interrupt to the main loop. */
#ifndef RING_H
#define RING_H

#include <stdint.h>

#include "hil_config.h"

/* When the buffer is full, bytes are lost; the frame's CRC shows it. */
static struct {
    volatile uint8_t bytes[HIL_RING_BYTES];
    volatile uint8_t head, tail;
} ring;

typedef char ring_is_of_a_bytes_range[HIL_RING_BYTES == 256 ? 1 : -1];

static inline void ring_put(uint8_t byte)
{
    const uint8_t next = (uint8_t)(ring.head + 1);
    if (next == ring.tail)
        return;
    ring.bytes[ring.head] = byte;
    ring.head = next;
}

static inline int ring_is_empty(void)
{
    return ring.head == ring.tail;
}

static inline int ring_get(void)
{
    if (ring_is_empty())
        return -1;
    const uint8_t byte = ring.bytes[ring.tail];
    ring.tail = (uint8_t)(ring.tail + 1);
    return byte;
}

#endif
