/* QEMU's RISC-V board "virt": start-up, the machine timer, and a 16550 UART. */
#include "board.h"
#include "ring.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define UART(n) (*(volatile uint8_t *)(0x10000000u + (n)))
#define MTIMECMP_LOW REGISTER(0x02004000u)
#define MTIMECMP_HIGH REGISTER(0x02004004u)
#define MTIME_LOW REGISTER(0x0200bff8u)
#define MTIME_HIGH REGISTER(0x0200bffcu)
#define PLIC_PRIORITY(n) REGISTER(0x0c000000u + 4u * (n))
#define PLIC_ENABLE REGISTER(0x0c002000u)
#define PLIC_THRESHOLD REGISTER(0x0c200000u)
#define PLIC_CLAIM REGISTER(0x0c200004u)
#define SIFIVE_TEST REGISTER(0x00100000u)

enum { UART_IRQ = 10 };
enum { RX_READY = 1u << 0, TX_EMPTY = 1u << 5, ALL_SENT = 1u << 6 };

extern uint32_t link_bss[], link_bss_end[];
int main(void);
void start_c(void);
void trap(void);

/* Sets the stack, switches floats on (mstatus.FS) and calls C. */
__asm(".section .start, \"ax\"\n"
      ".global _start\n"
      "_start:\n"
      "    la sp, link_stack_top\n"
      "    li t0, 0x6000\n"
      "    csrs mstatus, t0\n"
      "    j start_c\n"
      ".text\n");

void start_c(void)
{
    for (volatile uint32_t *to = link_bss; to < link_bss_end; to++)
        *to = 0;
    main();
    board_reset();
}

static void sleep_a_millisecond_at_most(void)
{
    const uint32_t low = MTIME_LOW + BOARD_TICKS_HZ / 1000u;
    const uint32_t high = MTIME_HIGH;
    MTIMECMP_HIGH = 0xffffffffu; /* no interrupt between the two writes */
    MTIMECMP_LOW = low;
    MTIMECMP_HIGH = low < BOARD_TICKS_HZ / 1000u ? high + 1u : high;
}

static void take_bytes(void)
{
    const uint32_t irq = PLIC_CLAIM;
    while (UART(5) & RX_READY)
        ring_put(UART(0));
    if (irq)
        PLIC_CLAIM = irq;
}

/* Interrupts only end the sleep; the main loop reads the bytes. A trap is therefore a fault. */
__attribute__((aligned(4))) void trap(void)
{
    board_reset();
}

void board_init(void)
{
    UART(3) = 3; /* 8 bits */
    UART(2) = 1; /* FIFOs */
    UART(1) = 1; /* interrupt of the receiver */
    PLIC_PRIORITY(UART_IRQ) = 1;
    PLIC_ENABLE = 1u << UART_IRQ;
    PLIC_THRESHOLD = 0;
    __asm volatile("csrw mtvec, %0" ::"r"(trap));
    __asm volatile("csrs mie, %0" ::"r"(1u << 11 | 1u << 7));
}

int board_read(void)
{
    if (ring_is_empty())
        take_bytes();
    return ring_get();
}

void board_write(uint8_t byte)
{
    while (!(UART(5) & TX_EMPTY)) {
    }
    UART(0) = byte;
}

uint32_t board_ticks(void)
{
    return MTIME_LOW;
}

/* WFI ends when an interrupt is pending, even while interrupts are masked. */
void board_wait(void)
{
    sleep_a_millisecond_at_most();
    if (!(UART(5) & RX_READY))
        __asm volatile("wfi" ::: "memory");
}

void board_reset(void)
{
    while (!(UART(5) & ALL_SENT)) {
    }
    SIFIVE_TEST = 0x7777u;
    for (;;) {
    }
}
