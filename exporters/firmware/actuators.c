/* The actuators: fill board_apply(). With hardware in the loop, the host simulates the plant. */
#include "board.h"

void board_apply(const hil_number action[HIL_OUTPUTS])
{
    (void)action;
}
