/* A serial line of 115200 baud, 8 bits, no parity, one stop bit. */
#ifndef UART_H
#define UART_H

#include <stdint.h>

/* Lets bytes in and out, and the receiver ask for the processor. */
void uart_init(void);

/* The interrupt of the receiver: gives each byte that is there to received(). */
void uart_isr(void);
void received(uint8_t byte);

/* Sends a byte; waits until there is room for it. */
void uart_write(uint8_t byte);

/* Waits until all has left. */
void uart_flush(void);

#endif
