/* Frames on a serial line: COBS (Cheshire & Baker 1999) and CRC-16, byte by byte.
 *
 * A frame is COBS(body, CRC-16 of the body, low byte first), then 0x00. C99, no library, no
 * heap; the caller owns the memory.
 */
#ifndef HIL_FRAME_H
#define HIL_FRAME_H

#include <stdint.h>

/* Results of hil_receive_byte: no frame is complete; a frame was invalid. */
#define HIL_NOTHING 0
#define HIL_BAD_FRAME (-1)

#define HIL_CRC_START 0xffffu

/* CRC-16/IBM-3740: polynomial 0x1021, initial value 0xffff, not reflected; the check value, of
 * "123456789", is 0x29b1. */
static inline uint16_t hil_crc(uint16_t crc, uint8_t byte)
{
    uint16_t x = (uint16_t)((crc >> 8) ^ byte);
    x = (uint16_t)(x ^ (x >> 4));
    return (uint16_t)(((uint32_t)crc << 8) ^ ((uint32_t)x << 12) ^ ((uint32_t)x << 5) ^ x);
}

/* Collects one frame at a time. body: memory for capacity bytes, including 2 of the CRC. */
struct hil_receiver {
    uint8_t *body;
    uint16_t capacity;
    uint16_t size;
    uint8_t left;       /* bytes until the next code byte */
    uint8_t owes_zero;  /* the next code byte stands for a zero */
    uint8_t has_begun;
    uint8_t is_too_long;
};

static inline void hil_receiver_clear(struct hil_receiver *receiver)
{
    receiver->size = 0;
    receiver->left = 0;
    receiver->owes_zero = 0;
    receiver->has_begun = 0;
    receiver->is_too_long = 0;
}

static inline void hil_receiver_append(struct hil_receiver *receiver, uint8_t byte)
{
    if (receiver->size >= receiver->capacity) {
        receiver->is_too_long = 1;
        return;
    }
    receiver->body[receiver->size++] = byte;
}

/* Ends a frame; returns the size of its body if it is complete and its CRC is correct. */
static inline int hil_receiver_finish(const struct hil_receiver *receiver)
{
    uint16_t crc = HIL_CRC_START, size = receiver->size;
    if (!receiver->has_begun)
        return HIL_NOTHING;
    if (receiver->left != 0 || receiver->is_too_long || size < 3)
        return HIL_BAD_FRAME;
    size = (uint16_t)(size - 2);
    for (uint16_t i = 0; i < size; i++)
        crc = hil_crc(crc, receiver->body[i]);
    if (receiver->body[size] != (crc & 0xffu) || receiver->body[size + 1] != crc >> 8)
        return HIL_BAD_FRAME;
    return size;
}

/* Takes a received byte. Returns the size, without the CRC, of the body that it completes,
 * or HIL_NOTHING or HIL_BAD_FRAME. */
static inline int hil_receive_byte(struct hil_receiver *receiver, uint8_t byte)
{
    if (byte == 0) {
        const int found = hil_receiver_finish(receiver);
        hil_receiver_clear(receiver);
        return found;
    }
    if (receiver->left > 0) {
        receiver->left--;
        hil_receiver_append(receiver, byte);
        return HIL_NOTHING;
    }
    if (receiver->owes_zero)
        hil_receiver_append(receiver, 0);
    receiver->has_begun = 1;
    receiver->left = (uint8_t)(byte - 1);
    receiver->owes_zero = byte != 0xff;
    return HIL_NOTHING;
}

/* Sends a frame through write, after a 0x00 that ends any noise. body has room for two more
 * bytes, the CRC. */
static inline void hil_send(uint8_t *body, uint16_t size, void (*write)(uint8_t byte))
{
    uint16_t crc = HIL_CRC_START, at = 0;
    for (uint16_t i = 0; i < size; i++)
        crc = hil_crc(crc, body[i]);
    write(0);
    body[size] = (uint8_t)(crc & 0xffu);
    body[size + 1] = (uint8_t)(crc >> 8);
    size = (uint16_t)(size + 2);
    for (;;) {
        uint16_t end = at;
        while (end < size && body[end] != 0 && end - at < 254)
            end++;
        write((uint8_t)(end - at + 1));
        const int is_full = end - at == 254;
        while (at < end)
            write(body[at++]);
        if (at == size)
            break;
        if (!is_full)
            at++; /* the zero that the next code byte stands for */
    }
    write(0);
}

#endif
