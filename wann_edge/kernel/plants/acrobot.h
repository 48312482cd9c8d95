/* Acrobot-v1 of gymnasium: two hanging links with a motor between them; Sutton & Barto
 * (2018), section 11.3 of the first edition ("book" in gymnasium). SI units; at angles
 * of 0 both links hang down; the second angle is relative to the first. Runge-Kutta of order
 * 4, one step per control period. The torque is -1 N m for an action below -1/3, 1 N m above
 * 1/3, 0 between. */
#ifndef WANN_ACROBOT_H
#define WANN_ACROBOT_H

#include "plant.h"

#define ACROBOT_GRAVITY_MPS2 9.8f
#define ACROBOT_LINK_KG 1.0f
#define ACROBOT_LINK_M 1.0f
#define ACROBOT_CENTRE_M 0.5f
#define ACROBOT_INERTIA_KGM2 1.0f
#define ACROBOT_TORQUE_NM 1.0f
#define ACROBOT_SPEED_1_RADPS 12.5663706f  /* 4 pi */
#define ACROBOT_SPEED_2_RADPS 28.2743339f  /* 9 pi */
#define ACROBOT_DT_S 0.2f

/* state: angles rad, velocities rad/s. observation: cos and sin of each angle, velocities. */
static void acrobot_observe(const wann_real *state, wann_real *observation)
{
    observation[0] = wann_cos_rad(state[0]);
    observation[1] = wann_sin_rad(state[0]);
    observation[2] = wann_cos_rad(state[1]);
    observation[3] = wann_sin_rad(state[1]);
    observation[4] = state[2];
    observation[5] = state[3];
}

/* The tip is 1 m above the first joint. */
static wann_mask acrobot_held(const wann_real *state, const wann_real *observation)
{
    (void)observation;
    return wann_true(0.0f - wann_cos_rad(state[0]) - wann_cos_rad(state[1] + state[0]) > 1.0f);
}

/* d1, d2, phi1 and phi2 have their names from the book. */
static inline void acrobot_rates(const wann_real *state, const wann_real *torque, wann_real *rate)
{
    const float coupling = ACROBOT_LINK_KG * ACROBOT_LINK_M * ACROBOT_CENTRE_M;
    const float own = ACROBOT_LINK_KG * ACROBOT_CENTRE_M * ACROBOT_CENTRE_M;
    const float far = ACROBOT_LINK_KG * ACROBOT_LINK_M * ACROBOT_LINK_M;
    const float inertia = own + ACROBOT_INERTIA_KGM2;
    wann_real spin1 = state[2], spin2 = state[3];
    wann_real c2 = wann_cos_rad(state[1]), s2 = wann_sin_rad(state[1]) * coupling;
    wann_real d2 = c2 * coupling + inertia;
    wann_real d1 = c2 * (2.0f * coupling) + (2.0f * inertia + far);
    wann_real phi2 = wann_sin_rad(state[0] + state[1]) *
                     (ACROBOT_LINK_KG * ACROBOT_CENTRE_M * ACROBOT_GRAVITY_MPS2);
    wann_real phi1 = wann_sin_rad(state[0]) *
                     ((ACROBOT_LINK_KG * ACROBOT_CENTRE_M + ACROBOT_LINK_KG * ACROBOT_LINK_M) *
                      ACROBOT_GRAVITY_MPS2);
    phi1 = phi1 + phi2 - spin2 * spin2 * s2 - spin2 * spin1 * s2 * 2.0f;
    wann_real ratio = d2 / d1;
    rate[0] = spin1;
    rate[1] = spin2;
    rate[3] = (torque[0] + ratio * phi1 - spin1 * spin1 * s2 - phi2) / (inertia - ratio * d2);
    rate[2] = 0.0f - (d2 * rate[3] + phi1) / d1;
}

static wann_mask acrobot_step(wann_real *state, wann_real *observation, const wann_real *action,
                              wann_real *reward)
{
    const float third = 1.0f / 3.0f;
    wann_real zero = wann_constant(0.0f);
    wann_real torque = wann_select(action[0] > third, wann_constant(ACROBOT_TORQUE_NM), zero);
    torque = wann_select(action[0] < -third, wann_constant(-ACROBOT_TORQUE_NM), torque);
    wann_rk4(acrobot_rates, 4, state, &torque, ACROBOT_DT_S);
    state[0] = wann_wrap_rad(state[0]);
    state[1] = wann_wrap_rad(state[1]);
    state[2] = wann_clamp(state[2], -ACROBOT_SPEED_1_RADPS, ACROBOT_SPEED_1_RADPS);
    state[3] = wann_clamp(state[3], -ACROBOT_SPEED_2_RADPS, ACROBOT_SPEED_2_RADPS);
    acrobot_observe(state, observation);
    wann_real height = 0.0f - observation[0] - wann_cos_rad(state[1] + state[0]);
    reward[0] = wann_select(height > 1.0f, zero, wann_constant(-1.0f));
    return wann_true(height > 1.0f);
}

#endif
