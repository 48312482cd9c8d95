/* Pendulum-v1 of gymnasium: a rod on a motor that is too weak to lift it directly.
 * SI units; angle 0 is upright. Semi-implicit Euler: the angle moves with the new velocity. */
#ifndef WANN_PENDULUM_H
#define WANN_PENDULUM_H

#include "plant.h"

#define PENDULUM_GRAVITY_MPS2 10.0f
#define PENDULUM_KG 1.0f
#define PENDULUM_M 1.0f
#define PENDULUM_TORQUE_NM 2.0f
#define PENDULUM_SPEED_RADPS 8.0f
#define PENDULUM_DT_S 0.05f

/* state: angle rad, angle' rad/s. observation: cos, sin, angle'. */
static void pendulum_observe(const wann_real *state, wann_real *observation)
{
    observation[0] = wann_cos_rad(state[0]);
    observation[1] = wann_sin_rad(state[0]);
    observation[2] = state[1];
}

/* Upright within 10 degrees. */
static wann_mask pendulum_held(const wann_real *state, const wann_real *observation)
{
    (void)state;
    return wann_true(observation[0] > WANN_COS_10_DEGREES);
}

/* The reward depends on the state before the step and on the action. body: mass kg, length m. */
WANN_INLINE wann_mask pendulum_move(wann_real *state, wann_real *observation,
                                    const wann_real *action, wann_real *reward,
                                    const wann_real *body)
{
    wann_real inertia_kgm2 = body[0] * body[1] * body[1] / 3.0f;
    wann_real torque = wann_clamp(action[0], -1.0f, 1.0f) * PENDULUM_TORQUE_NM;
    wann_real off = wann_wrap_rad(state[0]), spin = state[1];
    reward[0] = 0.0f - (off * off + spin * spin * 0.1f + torque * torque * 0.001f);
    wann_real turn = observation[1] * (wann_constant(1.5f * PENDULUM_GRAVITY_MPS2) / body[1]) +
                     torque * (wann_constant(1.0f) / inertia_kgm2);
    state[1] = wann_clamp(spin + turn * PENDULUM_DT_S, -PENDULUM_SPEED_RADPS,
                          PENDULUM_SPEED_RADPS);
    state[0] = state[0] + state[1] * PENDULUM_DT_S;
    pendulum_observe(state, observation);
    return WANN_NEVER;
}

static wann_mask pendulum_step(wann_real *state, wann_real *observation, const wann_real *action,
                               wann_real *reward)
{
    const wann_real body[] = {wann_constant(PENDULUM_KG), wann_constant(PENDULUM_M)};
    return pendulum_move(state, observation, action, reward, body);
}

static wann_mask pendulum_varied(wann_real *state, wann_real *observation,
                                 const wann_real *action, wann_real *reward,
                                 const wann_real *factor)
{
    const wann_real body[] = {factor[0] * PENDULUM_KG, factor[1] * PENDULUM_M};
    return pendulum_move(state, observation, action, reward, body);
}

#endif
