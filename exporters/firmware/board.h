/* The functions that a board provides for the protocol. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#include "hil_config.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Starts the serial line and the clock. */
void board_init(void);

/* Returns the next received byte, or -1 if there is none. Does not wait. */
int board_read(void);

/* Sends a byte; waits until there is room for it. */
void board_write(uint8_t byte);

/* Returns a clock that counts BOARD_TICKS_HZ times a second and wraps around at 2^32. */
uint32_t board_ticks(void);

/* Sleeps until a byte may have arrived or a millisecond has passed. */
void board_wait(void);

/* Restarts the firmware after all sent bytes have left. */
void board_reset(void);

/* Drives the actuators; called with every action that is applied, including the safe one. */
void board_apply(const hil_number action[HIL_OUTPUTS]);

#ifdef __cplusplus
}
#endif

#endif
