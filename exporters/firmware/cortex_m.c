/* Start-up, clock and sleep of a Cortex-M: vector table, SysTick and one UART. */
#include "board.h"
#include "ring.h"
#include "uart.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SYST_CSR REGISTER(0xe000e010u)
#define SYST_RVR REGISTER(0xe000e014u)
#define SYST_CVR REGISTER(0xe000e018u)
#define NVIC_ISER(n) REGISTER(0xe000e100u + 4u * (n))
#define SCB_AIRCR REGISTER(0xe000ed0cu)
#define SCB_CPACR REGISTER(0xe000ed88u)

#define TICKS_IN_MS (BOARD_TICKS_HZ / 1000u)

extern uint32_t link_data_source[], link_data[], link_data_end[], link_bss[], link_bss_end[];
extern uint32_t link_stack_top[];
int main(void);
void reset_handler(void);

static volatile uint32_t milliseconds;

static void systick_isr(void)
{
    milliseconds++;
}

/* A fault restarts the firmware, which applies the safe action first. */
static void fault(void)
{
    board_reset();
}

typedef void (*handler)(void);

static const struct {
    uint32_t *stack;
    handler system[15];
    handler interrupts[BOARD_UART_IRQ + 1];
} vectors __attribute__((section(".vectors"), used)) = {
    link_stack_top,
    { reset_handler, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault,
      systick_isr },
    { [BOARD_UART_IRQ] = uart_isr },
};

static void clear_and_copy(void)
{
    for (volatile uint32_t *to = link_bss; to < link_bss_end; to++)
        *to = 0;
    const uint32_t *from = link_data_source;
    for (volatile uint32_t *to = link_data; to < link_data_end; to++)
        *to = *from++;
}

/* Switches the FPU on before calling any function that may use it. */
void reset_handler(void)
{
#if BOARD_HAS_FPU
    SCB_CPACR |= 0xfu << 20;
    __asm volatile("dsb\n\tisb" ::: "memory");
#endif
    clear_and_copy();
    main();
    board_reset();
}

void board_init(void)
{
    SYST_RVR = TICKS_IN_MS - 1u;
    SYST_CVR = 0;
    SYST_CSR = 7; /* on, with interrupt, at the processor's clock */
    uart_init();
    NVIC_ISER(BOARD_UART_IRQ / 32) = 1u << (BOARD_UART_IRQ % 32);
}

void received(uint8_t byte)
{
    ring_put(byte);
}

int board_read(void)
{
    return ring_get();
}

void board_write(uint8_t byte)
{
    uart_write(byte);
}

/* Never goes back, even when an emulator delays the millisecond's interrupt. */
uint32_t board_ticks(void)
{
    static uint32_t last;
    uint32_t before, now;
    do {
        before = milliseconds;
        now = (before + 1u) * TICKS_IN_MS - 1u - SYST_CVR;
    } while (before != milliseconds);
    if ((int32_t)(now - last) > 0)
        last = now;
    return last;
}

/* A byte that arrives after the check leaves its interrupt pending, which ends the sleep. */
void board_wait(void)
{
    __asm volatile("cpsid i" ::: "memory");
    if (ring_is_empty())
        __asm volatile("dsb\n\twfi" ::: "memory");
    __asm volatile("cpsie i" ::: "memory");
}

void board_reset(void)
{
    uart_flush();
    __asm volatile("dsb" ::: "memory");
    SCB_AIRCR = 0x05fa0004u;
    for (;;) {
    }
}
