/* What a board does for the protocol. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#include "hil_config.h"

#ifdef __cplusplus
extern "C" {
#endif

void board_init(void);

/* The next byte of the line, or -1 where there is none. Does not wait. */
int board_read(void);

/* Sends a byte; waits until there is room for it. */
void board_write(uint8_t byte);

/* A clock that goes up BOARD_TICKS_HZ times a second and wraps around at 2^32. */
uint32_t board_ticks(void);

/* Sleeps until a byte may have come, or a millisecond has passed. */
void board_wait(void);

/* Starts the firmware anew, when what was sent has left. */
void board_reset(void);

/* Drives the actuators: called with every action that is applied, the safe one included. */
void board_apply(const hil_number action[HIL_OUTPUTS]);

#ifdef __cplusplus
}
#endif

#endif
