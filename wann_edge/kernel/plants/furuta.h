/* Rotary (Furuta) pendulum: a pendulum on the end of an arm that a motor turns.
 *
 * Equations: Cazzolato & Prime (2011), "On the dynamics of the Furuta pendulum", for slender
 * links, with the pendulum's angle measured from upright. Parameters: Quanser QUBE-Servo 2,
 * links as uniform rods; the motor is a resistance with back-EMF, its voltage at most 10 V.
 * SI units; angle 0 of the pendulum is upright. Runge-Kutta of order 4, one step a period. */
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

/* Solves the two equations of motion for both accelerations by Cramer's rule. */
static inline void furuta_rates(const wann_real *state, const wann_real *voltage, wann_real *rate)
{
    const float rod_kgm2 = FURUTA_ROD_KG * FURUTA_ROD_M * FURUTA_ROD_M / 3.0f;
    const float arm_kgm2 = (FURUTA_ARM_KG / 3.0f + FURUTA_ROD_KG) * FURUTA_ARM_M * FURUTA_ARM_M;
    const float rod_kgm = FURUTA_ROD_KG * FURUTA_ROD_M * 0.5f;
    const float coupling_kgm2 = rod_kgm * FURUTA_ARM_M;
    wann_real arm = state[2], rod = state[3];
    wann_real c = wann_cos_rad(state[1]), s = wann_sin_rad(state[1]);
    wann_real torque = (voltage[0] - arm * FURUTA_MOTOR_NMPA) *
                       (FURUTA_MOTOR_NMPA / FURUTA_MOTOR_OHM);
    wann_real on_arm = torque - arm * FURUTA_ARM_DAMPING_NMSPRAD -
                       rod * rod * s * coupling_kgm2 - arm * rod * s * c * (2.0f * rod_kgm2);
    wann_real on_rod = s * (rod_kgm * FURUTA_GRAVITY_MPS2) - rod * FURUTA_ROD_DAMPING_NMSPRAD +
                       arm * arm * s * c * rod_kgm2;
    wann_real inertia = s * s * rod_kgm2 + arm_kgm2, cross = c * (0.0f - coupling_kgm2);
    wann_real determinant = inertia * rod_kgm2 - cross * cross;
    rate[0] = arm;
    rate[1] = rod;
    rate[2] = (on_arm * rod_kgm2 - on_rod * cross) / determinant;
    rate[3] = (on_rod * inertia - on_arm * cross) / determinant;
}

static wann_mask furuta_step(wann_real *state, wann_real *observation, const wann_real *action,
                             wann_real *reward)
{
    wann_real voltage = wann_clamp(action[0], -1.0f, 1.0f) * FURUTA_MOTOR_V;
    wann_rk4(furuta_rates, 4, state, &voltage, FURUTA_DT_S);
    furuta_observe(state, observation);
    wann_real arm = state[0] * (1.0f / FURUTA_ARM_RAD), rod = state[1] * (1.0f / FURUTA_FALLEN_RAD);
    reward[0] = 1.0f - (arm * arm + rod * rod) * 0.5f;
    return wann_true(wann_abs(state[0]) > FURUTA_ARM_RAD) |
           wann_true(wann_abs(state[1]) > FURUTA_FALLEN_RAD);
}

#endif
