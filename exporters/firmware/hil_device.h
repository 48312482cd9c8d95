/* The device's side of the protocol; see docs/hil-protocol.md of wann-edge. */
#ifndef HIL_DEVICE_H
#define HIL_DEVICE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Runs the policy's self-test and applies the safe action. */
void hil_start(void);

/* Takes a received byte; replies when it completes a request. */
void hil_receive(uint8_t byte);

/* Applies the safe action when the last step is too long ago. Call it often. */
void hil_watch(void);

#ifdef __cplusplus
}
#endif

#endif
