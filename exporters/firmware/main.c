/* The firmware's loop: passes bytes to the protocol, runs the watchdog, sleeps in between. */
#include "board.h"
#include "hil_device.h"

int main(void)
{
    board_init();
    hil_start();
    for (;;) {
        const int byte = board_read();
        if (byte >= 0)
            hil_receive((uint8_t)byte);
        else
            board_wait();
        hil_watch();
    }
}
