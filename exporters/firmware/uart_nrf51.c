/* The UART of the nRF51822 on a BBC micro:bit: out on P0.24, in on P0.25. */
#include "board.h"
#include "uart.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define GPIO_OUTSET REGISTER(0x50000508u)
#define GPIO_DIRSET REGISTER(0x50000518u)
#define UART_STARTRX REGISTER(0x40002000u)
#define UART_STARTTX REGISTER(0x40002008u)
#define UART_RXDRDY REGISTER(0x40002108u)
#define UART_TXDRDY REGISTER(0x4000211cu)
#define UART_INTENSET REGISTER(0x40002304u)
#define UART_ENABLE REGISTER(0x40002500u)
#define UART_PSELTXD REGISTER(0x4000250cu)
#define UART_PSELRXD REGISTER(0x40002514u)
#define UART_RXD REGISTER(0x40002518u)
#define UART_TXD REGISTER(0x4000251cu)
#define UART_BAUDRATE REGISTER(0x40002524u)

enum { TX_PIN = 24, RX_PIN = 25, RX_INTERRUPT = 1u << 2 };

static uint8_t is_sending;

void uart_init(void)
{
    GPIO_OUTSET = 1u << TX_PIN;
    GPIO_DIRSET = 1u << TX_PIN;
    UART_PSELTXD = TX_PIN;
    UART_PSELRXD = RX_PIN;
    UART_BAUDRATE = 0x01d7e000u;
    UART_ENABLE = 4;
    UART_INTENSET = RX_INTERRUPT;
    UART_RXDRDY = 0;
    UART_STARTTX = 1;
    UART_STARTRX = 1;
}

/* Each byte raises the event once: clearing it before reading the byte misses none. */
void uart_isr(void)
{
    while (UART_RXDRDY) {
        UART_RXDRDY = 0;
        received((uint8_t)(UART_RXD & 0xffu));
    }
}

void uart_write(uint8_t byte)
{
    uart_flush();
    UART_TXD = byte;
    is_sending = 1;
}

void uart_flush(void)
{
    while (is_sending && !UART_TXDRDY) {
    }
    UART_TXDRDY = 0;
    is_sending = 0;
}
