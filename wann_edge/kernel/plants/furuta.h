/* Rotary (Furuta) pendulum: a pendulum at the end of an arm that a motor turns.
 *
 * Equations: Cazzolato & Prime (2011), "On the dynamics of the Furuta pendulum", for slender
 * links, with the pendulum's angle measured from upright. Parameters: Quanser QUBE-Servo 2,
 * links as uniform rods; the motor is a resistance with back-EMF and at most 10 V.
 * SI units; angle 0 of the pendulum is upright. Runge-Kutta of order 4, one step per period. */
#ifndef WANN_FURUTA_H
#define WANN_FURUTA_H

#include "plant.h"

#define FURUTA_GRAVITY_MPS2 9.81f
#define FURUTA_ARM_KG 0.095f
#define FURUTA_ARM_M 0.085f
#define FURUTA_ROD_KG 0.024f
#define FURUTA_ROD_M 0.129f
#define FURUTA_ARM_DAMPING_NMSPRAD 0.0015f
#define FURUTA_ROD_DAMPING_NMSPRAD 0.0005f
#define FURUTA_MOTOR_OHM 8.4f
#define FURUTA_MOTOR_NMPA 0.042f  /* and V s/rad */
#define FURUTA_MOTOR_V 10.0f
#define FURUTA_DT_S 0.01f
#define FURUTA_ARM_RAD 2.0f
#define FURUTA_FALLEN_RAD 0.5f

/* state and observation: arm rad, pendulum rad, arm' rad/s, pendulum' rad/s. */
static void furuta_observe(const wann_real *state, wann_real *observation)
{
    for (int i = 0; i < 4; i++)
        observation[i] = state[i];
}

/* Upright within 10 degrees, the arm within its range. */
static wann_mask furuta_held(const wann_real *state, const wann_real *observation)
{
    (void)state;
    return wann_true(wann_abs(observation[1]) < WANN_10_DEGREES_RAD) &
           wann_true(wann_abs(observation[0]) <= FURUTA_ARM_RAD);
}

/* Solves the two equations of motion for both accelerations by Cramer's rule.
 * body: mass kg and length m of the arm, of the rod; the arm's damping N m s/rad. */
WANN_INLINE void furuta_move(const wann_real *state, wann_real voltage, wann_real *rate,
                             const wann_real *body)
{
    wann_real rod_kgm2 = body[2] * body[3] * body[3] / 3.0f;
    wann_real arm_kgm2 = (body[0] / 3.0f + body[2]) * body[1] * body[1];
    wann_real rod_kgm = body[2] * body[3] * 0.5f;
    wann_real coupling_kgm2 = rod_kgm * body[1];
    wann_real arm = state[2], rod = state[3];
    wann_real c = wann_cos_rad(state[1]), s = wann_sin_rad(state[1]);
    wann_real torque = (voltage - arm * FURUTA_MOTOR_NMPA) *
                       (FURUTA_MOTOR_NMPA / FURUTA_MOTOR_OHM);
    wann_real on_arm = torque - arm * body[4] -
                       rod * rod * s * coupling_kgm2 - arm * rod * s * c * (rod_kgm2 * 2.0f);
    wann_real on_rod = s * (rod_kgm * FURUTA_GRAVITY_MPS2) - rod * FURUTA_ROD_DAMPING_NMSPRAD +
                       arm * arm * s * c * rod_kgm2;
    wann_real inertia = s * s * rod_kgm2 + arm_kgm2, cross = c * (wann_constant(0.0f) - coupling_kgm2);
    wann_real determinant = inertia * rod_kgm2 - cross * cross;
    rate[0] = arm;
    rate[1] = rod;
    rate[2] = (on_arm * rod_kgm2 - on_rod * cross) / determinant;
    rate[3] = (on_rod * inertia - on_arm * cross) / determinant;
}

static inline void furuta_rates(const wann_real *state, const wann_real *voltage, wann_real *rate)
{
    const wann_real body[] = {
        wann_constant(FURUTA_ARM_KG), wann_constant(FURUTA_ARM_M), wann_constant(FURUTA_ROD_KG),
        wann_constant(FURUTA_ROD_M), wann_constant(FURUTA_ARM_DAMPING_NMSPRAD),
    };
    furuta_move(state, voltage[0], rate, body);
}

/* input: the voltage, then the body. */
static inline void furuta_varied_rates(const wann_real *state, const wann_real *input,
                                       wann_real *rate)
{
    furuta_move(state, input[0], rate, input + 1);
}

/* Moves the state by a control period, with at most most_v volts. */
static inline void furuta_turn(wann_real *state, const wann_real *action, float most_v)
{
    wann_real voltage = wann_clamp(action[0], -1.0f, 1.0f) * most_v;
    wann_rk4(furuta_rates, 4, state, &voltage, FURUTA_DT_S);
}

static inline void furuta_turn_varied(wann_real *state, const wann_real *action, float most_v,
                                      const wann_real *factor)
{
    const wann_real input[] = {
        wann_clamp(action[0], -1.0f, 1.0f) * most_v, factor[0] * FURUTA_ARM_KG,
        factor[1] * FURUTA_ARM_M, factor[2] * FURUTA_ROD_KG, factor[3] * FURUTA_ROD_M,
        factor[4] * FURUTA_ARM_DAMPING_NMSPRAD,
    };
    wann_rk4(furuta_varied_rates, 4, state, input, FURUTA_DT_S);
}

static inline wann_mask furuta_judge(const wann_real *state, wann_real *observation,
                                     wann_real *reward)
{
    furuta_observe(state, observation);
    wann_real arm = state[0] * (1.0f / FURUTA_ARM_RAD), rod = state[1] * (1.0f / FURUTA_FALLEN_RAD);
    reward[0] = 1.0f - (arm * arm + rod * rod) * 0.5f;
    return wann_true(wann_abs(state[0]) > FURUTA_ARM_RAD) |
           wann_true(wann_abs(state[1]) > FURUTA_FALLEN_RAD);
}

static wann_mask furuta_step(wann_real *state, wann_real *observation, const wann_real *action,
                             wann_real *reward)
{
    furuta_turn(state, action, FURUTA_MOTOR_V);
    return furuta_judge(state, observation, reward);
}

static wann_mask furuta_varied(wann_real *state, wann_real *observation, const wann_real *action,
                               wann_real *reward, const wann_real *factor)
{
    furuta_turn_varied(state, action, FURUTA_MOTOR_V, factor);
    return furuta_judge(state, observation, reward);
}

#endif
