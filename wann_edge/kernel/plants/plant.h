/* What a plant is: a system with a state, written once for floats and lanes.
 *
 * observe: the observation of a state.
 * step: one control period. In: state, its observation, the action. Out: the new
 * state and observation, the reward, and whether the episode is over.
 */
#ifndef WANN_PLANT_H
#define WANN_PLANT_H

#include "../activations.h"

#define WANN_PLANT_ROOM 16  /* the most state variables, observations or actions */

typedef struct {
    const char *name;
    int32_t states, observations, actions;
    void (*observe)(const wann_real *state, wann_real *observation);
    wann_mask (*step)(wann_real *state, wann_real *observation, const wann_real *action,
                      wann_real *reward);
} wann_plant;

#endif
