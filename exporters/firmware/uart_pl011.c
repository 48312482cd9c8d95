/* UART0 of the Stellaris LM3S6965: a PL011 with FIFOs, on pins PA0 and PA1. */
#include "board.h"
#include "uart.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SYSCTL_RCGC1 REGISTER(0x400fe104u)
#define SYSCTL_RCGC2 REGISTER(0x400fe108u)
#define GPIOA_AFSEL REGISTER(0x40004420u)
#define GPIOA_DEN REGISTER(0x4000451cu)
#define UART_DR REGISTER(0x4000c000u)
#define UART_FR REGISTER(0x4000c018u)
#define UART_IBRD REGISTER(0x4000c024u)
#define UART_FBRD REGISTER(0x4000c028u)
#define UART_LCRH REGISTER(0x4000c02cu)
#define UART_CTL REGISTER(0x4000c030u)
#define UART_IM REGISTER(0x4000c038u)
#define UART_ICR REGISTER(0x4000c044u)

enum { BUSY = 1u << 3, RX_EMPTY = 1u << 4, TX_FULL = 1u << 5 };
enum { RX_INTERRUPT = 1u << 4, RX_TIMEOUT = 1u << 6 };

void uart_init(void)
{
    SYSCTL_RCGC1 |= 1u;
    SYSCTL_RCGC2 |= 1u;
    (void)SYSCTL_RCGC2; /* some cycles until the clocks run */
    GPIOA_AFSEL |= 3u;
    GPIOA_DEN |= 3u;
    UART_CTL = 0;
    UART_IBRD = BOARD_TICKS_HZ / (16u * 115200u);
    UART_FBRD = (BOARD_TICKS_HZ % (16u * 115200u) * 64u + 8u * 115200u) / (16u * 115200u);
    UART_LCRH = 0x70; /* 8 bits, FIFOs */
    UART_IM = RX_INTERRUPT | RX_TIMEOUT;
    UART_CTL = 0x301;
}

void uart_isr(void)
{
    UART_ICR = RX_INTERRUPT | RX_TIMEOUT;
    while (!(UART_FR & RX_EMPTY))
        received((uint8_t)(UART_DR & 0xffu));
}

void uart_write(uint8_t byte)
{
    while (UART_FR & TX_FULL) {
    }
    UART_DR = byte;
}

void uart_flush(void)
{
    while (UART_FR & BUSY) {
    }
}
