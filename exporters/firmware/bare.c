/* A board of your own: fill the two functions that are marked FILL.
 *
 * That is enough for the loop. For the watchdog and the compute time give board_ticks() a
 * clock too, and build with its rate: make TICKS_HZ=1000000. On a bare chip add its start-up
 * code to SOURCES and its linker script to LDFLAGS of the Makefile.
 */
#include "board.h"

/* FILL: the next byte of the line, or -1 where there is none. */
int board_read(void)
{
    return -1;
}

/* FILL: sends a byte; waits until there is room for it. */
void board_write(uint8_t byte)
{
    (void)byte;
}

/* What the line and the clock need before they work. */
void board_init(void)
{
}

/* A clock of BOARD_TICKS_HZ. At 0 Hz there is none, and so no watchdog. */
uint32_t board_ticks(void)
{
    return 0;
}

/* What puts the core to sleep until a byte or a tick comes: WFI on Arm and RISC-V. */
void board_wait(void)
{
}

/* What starts the chip anew. Without it the host is told that the session goes on. */
void board_reset(void)
{
}
