/* The actuators: yours to fill. With the hardware in the loop the host moves the world. */
#include "board.h"

void board_apply(const hil_number action[HIL_OUTPUTS])
{
    (void)action;
}
