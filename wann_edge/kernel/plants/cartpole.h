/* CartPole-v1 of gymnasium: the cart-pole of Barto, Sutton & Anderson (1983). An
 * action above 0 pushes right, any other left. SI units; angle 0 is upright.
 * Explicit Euler. */
#ifndef WANN_CARTPOLE_H
#define WANN_CARTPOLE_H

#include "plant.h"

#define CARTPOLE_GRAVITY_MPS2 9.8f
#define CARTPOLE_CART_KG 1.0f
#define CARTPOLE_POLE_KG 0.1f
#define CARTPOLE_HALF_POLE_M 0.5f
#define CARTPOLE_FORCE_N 10.0f
#define CARTPOLE_DT_S 0.02f
#define CARTPOLE_TRACK_M 2.4f
#define CARTPOLE_ANGLE_RAD 0.20943951f  /* 12 degrees */

/* state and observation: x m, x' m/s, angle rad, angle' rad/s. */
static void cartpole_observe(const wann_real *state, wann_real *observation)
{
    for (int i = 0; i < 4; i++)
        observation[i] = state[i];
}

/* Neither off the track nor fallen. */
static wann_mask cartpole_held(const wann_real *state, const wann_real *observation)
{
    (void)state;
    return wann_true(wann_abs(observation[0]) <= CARTPOLE_TRACK_M) &
           wann_true(wann_abs(observation[2]) <= CARTPOLE_ANGLE_RAD);
}

/* body: masses of cart and pole kg, half the pole's length m. */
WANN_INLINE wann_mask cartpole_move(wann_real *state, wann_real *observation,
                                    const wann_real *action, wann_real *reward,
                                    const wann_real *body)
{
    wann_real total_kg = body[0] + body[1], pole_kgm = body[1] * body[2];
    wann_real speed = state[1], spin = state[3];
    wann_real c = wann_cos_rad(state[2]), s = wann_sin_rad(state[2]);
    wann_real force = wann_select(action[0] > 0.0f, wann_constant(CARTPOLE_FORCE_N),
                                  wann_constant(-CARTPOLE_FORCE_N));
    wann_real push = (force + spin * spin * s * pole_kgm) / total_kg;
    wann_real turn = (s * CARTPOLE_GRAVITY_MPS2 - c * push) /
                     ((wann_constant(4.0f / 3.0f) - c * c * (body[1] / total_kg)) * body[2]);
    state[0] = state[0] + speed * CARTPOLE_DT_S;
    state[1] = speed + (push - turn * c * (pole_kgm / total_kg)) * CARTPOLE_DT_S;
    state[2] = state[2] + spin * CARTPOLE_DT_S;
    state[3] = spin + turn * CARTPOLE_DT_S;
    cartpole_observe(state, observation);
    reward[0] = wann_constant(1.0f);
    return wann_true(wann_abs(state[0]) > CARTPOLE_TRACK_M) |
           wann_true(wann_abs(state[2]) > CARTPOLE_ANGLE_RAD);
}

static wann_mask cartpole_step(wann_real *state, wann_real *observation, const wann_real *action,
                               wann_real *reward)
{
    const wann_real body[] = {
        wann_constant(CARTPOLE_CART_KG), wann_constant(CARTPOLE_POLE_KG),
        wann_constant(CARTPOLE_HALF_POLE_M),
    };
    return cartpole_move(state, observation, action, reward, body);
}

static wann_mask cartpole_varied(wann_real *state, wann_real *observation,
                                 const wann_real *action, wann_real *reward,
                                 const wann_real *factor)
{
    const wann_real body[] = {
        factor[0] * CARTPOLE_CART_KG, factor[1] * CARTPOLE_POLE_KG,
        factor[2] * CARTPOLE_HALF_POLE_M,
    };
    return cartpole_move(state, observation, action, reward, body);
}

#endif
