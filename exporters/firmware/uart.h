/* A serial line of 115200 baud, 8 bits, no parity, one stop bit. */
#ifndef UART_H
#define UART_H

#include <stdint.h>

/* Starts the transmitter, and the receiver with its interrupt. */
void uart_init(void);

/* Handles the receiver's interrupt: passes each received byte to received(). */
void uart_isr(void);
void received(uint8_t byte);

/* Sends a byte; waits until there is room for it. */
void uart_write(uint8_t byte);

/* Waits until all bytes have left. */
void uart_flush(void);

#endif
