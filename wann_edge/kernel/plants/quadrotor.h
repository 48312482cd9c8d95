/* Quadrotor in a vertical plane: Tedrake, "Underactuated robotics", section 3.3, with two
 * pairs of rotors. Parameters: Crazyflie 2 (27 g, rotors in an X, arms of 39.7 mm), whose
 * four rotors lift 2.25 times its weight; no drag. SI units; x to the right, z up, the angle
 * counter-clockwise, 0 level. Runge-Kutta of order 4, one step per control period.
 *
 * The actions go to a mixer. Lift changes the thrust of both pairs, in hover thrusts. Roll is the
 * difference between the right and the left pair, in tenths of a hover thrust. */
#ifndef WANN_QUADROTOR_H
#define WANN_QUADROTOR_H

#include "plant.h"

#define QUADROTOR_GRAVITY_MPS2 9.81f
#define QUADROTOR_KG 0.027f
#define QUADROTOR_INERTIA_KGM2 1.4e-5f
#define QUADROTOR_ARM_M 0.0280721f  /* 39.7 mm / sqrt(2) */
#define QUADROTOR_HOVER_N 0.13243501f  /* of each pair: half the weight of the model */
#define QUADROTOR_LIFT 2.25f  /* greatest thrust of all rotors, in weights */
#define QUADROTOR_ROLL 0.05f  /* greatest change of a pair, in its hover thrust */
#define QUADROTOR_DT_S 0.01f
#define QUADROTOR_FAR_M 2.0f
#define QUADROTOR_NEAR_M 0.1f
#define QUADROTOR_TIPPED_RAD 1.2f

/* state and observation: x m, z m, angle rad, x' m/s, z' m/s, angle' rad/s. */
static void quadrotor_observe(const wann_real *state, wann_real *observation)
{
    for (int i = 0; i < 6; i++)
        observation[i] = state[i];
}

/* Within 0.1 m of the point to hover at, and not tipped. */
static wann_mask quadrotor_held(const wann_real *state, const wann_real *observation)
{
    (void)state;
    return wann_true(observation[0] * observation[0] + observation[1] * observation[1] <
                     QUADROTOR_NEAR_M * QUADROTOR_NEAR_M) &
           wann_true(wann_abs(observation[2]) <= QUADROTOR_TIPPED_RAD);
}

/* thrust: of the left pair and the right pair, N. body: mass kg, inertia kg m2, arm m. */
WANN_INLINE void quadrotor_move(const wann_real *state, const wann_real *thrust, wann_real *rate,
                                const wann_real *body)
{
    wann_real lift = (thrust[0] + thrust[1]) * (wann_constant(1.0f) / body[0]);
    for (int i = 0; i < 3; i++)
        rate[i] = state[3 + i];
    rate[3] = 0.0f - wann_sin_rad(state[2]) * lift;
    rate[4] = wann_cos_rad(state[2]) * lift - QUADROTOR_GRAVITY_MPS2;
    rate[5] = (thrust[1] - thrust[0]) * (body[2] / body[1]);
}

static inline void quadrotor_rates(const wann_real *state, const wann_real *thrust,
                                   wann_real *rate)
{
    const wann_real body[] = {
        wann_constant(QUADROTOR_KG), wann_constant(QUADROTOR_INERTIA_KGM2),
        wann_constant(QUADROTOR_ARM_M),
    };
    quadrotor_move(state, thrust, rate, body);
}

/* input: both thrusts, then the body. */
static inline void quadrotor_varied_rates(const wann_real *state, const wann_real *input,
                                          wann_real *rate)
{
    quadrotor_move(state, input, rate, input + 2);
}

/* The thrust of both pairs. */
static inline void quadrotor_mix(const wann_real *action, wann_real *thrust)
{
    wann_real lift = wann_clamp(action[0], -1.0f, 1.0f) + 1.0f;
    wann_real roll = wann_clamp(action[1], -1.0f, 1.0f) * QUADROTOR_ROLL;
    thrust[0] = wann_clamp(lift - roll, 0.0f, QUADROTOR_LIFT) * QUADROTOR_HOVER_N;
    thrust[1] = wann_clamp(lift + roll, 0.0f, QUADROTOR_LIFT) * QUADROTOR_HOVER_N;
}

static inline wann_mask quadrotor_judge(const wann_real *state, wann_real *observation,
                                        wann_real *reward)
{
    quadrotor_observe(state, observation);
    wann_real away2 = state[0] * state[0] + state[1] * state[1];
    reward[0] = 1.0f / (away2 * 10.0f + 1.0f);
    return wann_true(wann_abs(state[0]) > QUADROTOR_FAR_M) |
           wann_true(wann_abs(state[1]) > QUADROTOR_FAR_M) |
           wann_true(wann_abs(state[2]) > QUADROTOR_TIPPED_RAD);
}

static wann_mask quadrotor_step(wann_real *state, wann_real *observation, const wann_real *action,
                                wann_real *reward)
{
    wann_real thrust[2];
    quadrotor_mix(action, thrust);
    wann_rk4(quadrotor_rates, 6, state, thrust, QUADROTOR_DT_S);
    return quadrotor_judge(state, observation, reward);
}

static wann_mask quadrotor_varied(wann_real *state, wann_real *observation,
                                  const wann_real *action, wann_real *reward,
                                  const wann_real *factor)
{
    wann_real input[5];
    quadrotor_mix(action, input);
    input[2] = factor[0] * QUADROTOR_KG;
    input[3] = factor[1] * QUADROTOR_INERTIA_KGM2;
    input[4] = factor[2] * QUADROTOR_ARM_M;
    wann_rk4(quadrotor_varied_rates, 6, state, input, QUADROTOR_DT_S);
    return quadrotor_judge(state, observation, reward);
}

#endif
