/* USART1 of the STM32F405 on PA9 and PA10, at the clock after reset. */
#include "board.h"
#include "uart.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define RCC_AHB1ENR REGISTER(0x40023830u)
#define RCC_APB2ENR REGISTER(0x40023844u)
#define GPIOA_MODER REGISTER(0x40020000u)
#define GPIOA_AFRH REGISTER(0x40020024u)
#define USART_SR REGISTER(0x40011000u)
#define USART_DR REGISTER(0x40011004u)
#define USART_BRR REGISTER(0x40011008u)
#define USART_CR1 REGISTER(0x4001100cu)

enum { OVERRUN = 1u << 3, RX_FULL = 1u << 5, TX_DONE = 1u << 6, TX_EMPTY = 1u << 7 };

void uart_init(void)
{
    RCC_AHB1ENR |= 1u;
    RCC_APB2ENR |= 1u << 4;
    (void)RCC_APB2ENR; /* some cycles until the clocks run */
    GPIOA_MODER = (GPIOA_MODER & ~(0xfu << 18)) | 0xau << 18;
    GPIOA_AFRH = (GPIOA_AFRH & ~(0xffu << 4)) | 0x77u << 4;
    USART_BRR = (BOARD_TICKS_HZ + 57600u) / 115200u;
    USART_CR1 = 1u << 13 | 1u << 5 | 1u << 3 | 1u << 2; /* on; interrupt; out; in */
}

/* An overrun raises the interrupt too; reading the data clears it. */
void uart_isr(void)
{
    while (USART_SR & (RX_FULL | OVERRUN))
        received((uint8_t)(USART_DR & 0xffu));
}

void uart_write(uint8_t byte)
{
    while (!(USART_SR & TX_EMPTY)) {
    }
    USART_DR = byte;
}

void uart_flush(void)
{
    while (!(USART_SR & TX_DONE)) {
    }
}
