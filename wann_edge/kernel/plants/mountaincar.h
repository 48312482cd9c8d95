/* MountainCarContinuous-v0 of gymnasium (Moore 1990): a car in a valley, with a motor too weak
 * to climb directly. Positions and velocities have the units of the original, where a step
 * takes a time of 1; the force is a share of the strongest. */
#ifndef WANN_MOUNTAINCAR_H
#define WANN_MOUNTAINCAR_H

#include "plant.h"

#define MOUNTAINCAR_LEFT -1.2f
#define MOUNTAINCAR_RIGHT 0.6f
#define MOUNTAINCAR_GOAL 0.45f
#define MOUNTAINCAR_SPEED 0.07f
#define MOUNTAINCAR_POWER 0.0015f
#define MOUNTAINCAR_SLOPE 0.0025f

/* state and observation: position, velocity per step. */
static void mountaincar_observe(const wann_real *state, wann_real *observation)
{
    observation[0] = state[0];
    observation[1] = state[1];
}

/* At the goal, not rolling back. */
static wann_mask mountaincar_held(const wann_real *state, const wann_real *observation)
{
    (void)state;
    return wann_true(observation[0] >= MOUNTAINCAR_GOAL) & wann_true(observation[1] >= 0.0f);
}

static wann_mask mountaincar_step(wann_real *state, wann_real *observation,
                                  const wann_real *action, wann_real *reward)
{
    wann_real force = wann_clamp(action[0], -1.0f, 1.0f);
    wann_real pull = wann_cos_rad(state[0] * 3.0f) * MOUNTAINCAR_SLOPE;
    wann_real speed = wann_clamp(state[1] + (force * MOUNTAINCAR_POWER - pull),
                                 -MOUNTAINCAR_SPEED, MOUNTAINCAR_SPEED);
    state[0] = wann_clamp(state[0] + speed, MOUNTAINCAR_LEFT, MOUNTAINCAR_RIGHT);
    wann_mask stopped = wann_true(state[0] <= MOUNTAINCAR_LEFT) & wann_true(speed < 0.0f);
    state[1] = wann_select(stopped, wann_constant(0.0f), speed);
    mountaincar_observe(state, observation);
    wann_mask arrived = wann_true(state[0] >= MOUNTAINCAR_GOAL) & wann_true(state[1] >= 0.0f);
    reward[0] = wann_select(arrived, wann_constant(100.0f), wann_constant(0.0f)) -
                force * force * 0.1f;
    return arrived;
}

#endif
