/* UART0 of Arm's MPS2 boards (CMSDK APB UART): a buffer of one byte each way. */
#include "board.h"
#include "uart.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define UART_DATA REGISTER(0x40004000u)
#define UART_STATE REGISTER(0x40004004u)
#define UART_CTRL REGISTER(0x40004008u)
#define UART_INTCLEAR REGISTER(0x4000400cu)
#define UART_BAUDDIV REGISTER(0x40004010u)

enum { TX_FULL = 1u << 0, RX_FULL = 1u << 1 };
enum { TX_ON = 1u << 0, RX_ON = 1u << 1, RX_INTERRUPT = 1u << 3 };

void uart_init(void)
{
    UART_BAUDDIV = (BOARD_TICKS_HZ + 57600u) / 115200u;
    UART_CTRL = TX_ON | RX_ON | RX_INTERRUPT;
}

void uart_isr(void)
{
    UART_INTCLEAR = 2u;
    while (UART_STATE & RX_FULL)
        received((uint8_t)(UART_DATA & 0xffu));
}

void uart_write(uint8_t byte)
{
    while (UART_STATE & TX_FULL) {
    }
    UART_DATA = byte;
}

void uart_flush(void)
{
    while (UART_STATE & TX_FULL) {
    }
}
