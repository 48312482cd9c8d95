/* Cart-pole swing-up: Gaier & Ha (2019), with Deng's equations as in
 * "Improving PILCO" (Gal, McAllister & Rasmussen 2016). SI units; angle 0 is upright.
 * Explicit Euler: positions move with the old velocities. */
#ifndef WANN_SWINGUP_H
#define WANN_SWINGUP_H

#include "plant.h"

#define SWINGUP_GRAVITY_MPS2 9.82f
#define SWINGUP_CART_KG 0.5f
#define SWINGUP_POLE_KG 0.5f
#define SWINGUP_POLE_M 0.6f
#define SWINGUP_FORCE_N 10.0f
#define SWINGUP_FRICTION_NSPM 0.1f
#define SWINGUP_DT_S 0.01f
#define SWINGUP_TRACK_M 2.4f
#define SWINGUP_PER_PI 0.318309886f

/* state: x m, x' m/s, angle rad, angle' rad/s. observation: x, x', cos, sin, angle'. */
static void swingup_observe(const wann_real *state, wann_real *observation)
{
    wann_real half_turns = state[2] * SWINGUP_PER_PI;
    observation[0] = state[0];
    observation[1] = state[1];
    observation[2] = wann_cos(half_turns);
    observation[3] = wann_sin(half_turns);
    observation[4] = state[3];
}

/* Upright within 10 degrees, on the track. */
static wann_mask swingup_held(const wann_real *state, const wann_real *observation)
{
    (void)state;
    return wann_true(observation[2] > WANN_COS_10_DEGREES) &
           wann_true(wann_abs(observation[0]) <= SWINGUP_TRACK_M);
}

/* body: masses of cart and pole kg, the pole's length m, the cart's friction N s/m. */
WANN_INLINE wann_mask swingup_move(wann_real *state, wann_real *observation,
                                   const wann_real *action, wann_real *reward,
                                   const wann_real *body)
{
    wann_real total_kg = body[0] + body[1], pole_kgm = body[1] * body[2];
    wann_real speed = state[1], spin = state[3], c = observation[2], s = observation[3];
    wann_real bounded = wann_select(action[0] < -1.0f, wann_constant(-1.0f), action[0]);
    bounded = wann_select(bounded > 1.0f, wann_constant(1.0f), bounded);
    wann_real force = bounded * SWINGUP_FORCE_N - speed * body[3];
    wann_real swing = spin * spin * s * pole_kgm;
    wann_real weight = s * SWINGUP_GRAVITY_MPS2;
    wann_real divisor = total_kg * 4.0f - c * c * (body[1] * 3.0f);
    wann_real pull = force * 4.0f - swing * 2.0f + weight * c * (body[1] * 3.0f);
    wann_real turn = weight * (total_kg * 6.0f) + (force * 2.0f - swing) * c * 3.0f;
    state[0] = state[0] + speed * SWINGUP_DT_S;
    state[1] = speed + pull / divisor * SWINGUP_DT_S;
    state[2] = state[2] + spin * SWINGUP_DT_S;
    state[3] = spin + turn / (divisor * body[2]) * SWINGUP_DT_S;
    swingup_observe(state, observation);
    wann_real upright = observation[2] * 0.5f + 0.5f;
    reward[0] = upright * wann_cos(state[0] * (0.5f / SWINGUP_TRACK_M));
    return wann_true(wann_abs(state[0]) > SWINGUP_TRACK_M);
}

static wann_mask swingup_step(wann_real *state, wann_real *observation, const wann_real *action,
                              wann_real *reward)
{
    const wann_real body[] = {
        wann_constant(SWINGUP_CART_KG), wann_constant(SWINGUP_POLE_KG),
        wann_constant(SWINGUP_POLE_M), wann_constant(SWINGUP_FRICTION_NSPM),
    };
    return swingup_move(state, observation, action, reward, body);
}

static wann_mask swingup_varied(wann_real *state, wann_real *observation, const wann_real *action,
                                wann_real *reward, const wann_real *factor)
{
    const wann_real body[] = {
        factor[0] * SWINGUP_CART_KG, factor[1] * SWINGUP_POLE_KG, factor[2] * SWINGUP_POLE_M,
        factor[3] * SWINGUP_FRICTION_NSPM,
    };
    return swingup_move(state, observation, action, reward, body);
}

#endif
