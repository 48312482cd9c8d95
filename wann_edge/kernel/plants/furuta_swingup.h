/* Swing-up of the rotary pendulum: the equations and parameters of furuta.h, from hanging, with
 * the motor's nominal 18 V, because 10 V lift the pendulum little above the horizontal.
 * SI units; angle 0 of the pendulum is upright. */
#ifndef WANN_FURUTA_SWINGUP_H
#define WANN_FURUTA_SWINGUP_H

#include "furuta.h"

#define FURUTA_SWINGUP_DT_S FURUTA_DT_S
#define FURUTA_SWINGUP_MOTOR_V 18.0f
#define FURUTA_SWINGUP_ARM_RAD 3.0f

/* state: as in furuta.h. observation: arm rad, cos, sin of the pendulum, arm', pendulum' rad/s. */
static void furuta_swingup_observe(const wann_real *state, wann_real *observation)
{
    observation[0] = state[0];
    observation[1] = wann_cos_rad(state[1]);
    observation[2] = wann_sin_rad(state[1]);
    observation[3] = state[2];
    observation[4] = state[3];
}

/* Upright within 10 degrees, the arm within its range. */
static wann_mask furuta_swingup_held(const wann_real *state, const wann_real *observation)
{
    (void)state;
    return wann_true(observation[1] > WANN_COS_10_DEGREES) &
           wann_true(wann_abs(observation[0]) <= FURUTA_SWINGUP_ARM_RAD);
}

static inline wann_mask furuta_swingup_judge(const wann_real *state, wann_real *observation,
                                             wann_real *reward)
{
    furuta_swingup_observe(state, observation);
    wann_real upright = observation[1] * 0.5f + 0.5f;
    reward[0] = upright * wann_cos(state[0] * (0.5f / FURUTA_SWINGUP_ARM_RAD));
    return wann_true(wann_abs(state[0]) > FURUTA_SWINGUP_ARM_RAD);
}

static wann_mask furuta_swingup_step(wann_real *state, wann_real *observation,
                                     const wann_real *action, wann_real *reward)
{
    furuta_turn(state, action, FURUTA_SWINGUP_MOTOR_V);
    return furuta_swingup_judge(state, observation, reward);
}

static wann_mask furuta_swingup_varied(wann_real *state, wann_real *observation,
                                       const wann_real *action, wann_real *reward,
                                       const wann_real *factor)
{
    furuta_turn_varied(state, action, FURUTA_SWINGUP_MOTOR_V, factor);
    return furuta_swingup_judge(state, observation, reward);
}

#endif
