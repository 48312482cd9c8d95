/* A template for any board: fill the two functions marked FILL.
 *
 * They are enough for the loop. For the watchdog and the compute time, read a clock in
 * board_ticks() and build with its rate: make TICKS_HZ=1000000. On a bare chip, add its start-up
 * code to SOURCES and its linker script to LDFLAGS in the Makefile.
 */
#include "board.h"

/* FILL: returns the next received byte, or -1 if there is none. */
int board_read(void)
{
    return -1;
}

/* FILL: sends a byte; waits until there is room for it. */
void board_write(uint8_t byte)
{
    (void)byte;
}

/* Starts the serial line and the clock. */
void board_init(void)
{
}

/* Returns a clock of BOARD_TICKS_HZ. At 0 Hz there is no clock and no watchdog. */
uint32_t board_ticks(void)
{
    return 0;
}

/* Puts the core to sleep until a byte or a tick arrives: WFI on Arm and RISC-V. */
void board_wait(void)
{
}

/* Restarts the chip. If it is empty, the session goes on. */
void board_reset(void)
{
}
