/* Two-wheeled balancing robot, in the plane: Yamamoto (2008), "NXTway-GS model-based design",
 * equations of wheel angle and body pitch; parameters of that LEGO NXT robot. Both motors
 * get the same voltage, at most 8 V. SI units; pitch 0 is upright. Runge-Kutta of order 4,
 * four steps per control period, as the back-EMF of the motors acts within 4 ms. */
#ifndef WANN_BALANCER_H
#define WANN_BALANCER_H

#include "plant.h"

#define BALANCER_GRAVITY_MPS2 9.81f
#define BALANCER_WHEEL_KG 0.03f
#define BALANCER_WHEEL_M 0.04f  /* radius */
#define BALANCER_BODY_KG 0.6f
#define BALANCER_CENTRE_M 0.072f  /* centre of mass above the axle */
#define BALANCER_ROTOR_KGM2 1e-5f
#define BALANCER_MOTOR_OHM 6.69f
#define BALANCER_MOTOR_VSPRAD 0.468f
#define BALANCER_MOTOR_NMPA 0.317f
#define BALANCER_MOTOR_NMSPRAD 0.0022f  /* friction between body and wheel */
#define BALANCER_MOTOR_V 8.0f
#define BALANCER_DT_S 0.01f
#define BALANCER_FAR_M 1.0f
#define BALANCER_FALLEN_RAD 0.6f

/* state: wheel rad, pitch rad, wheel' rad/s, pitch' rad/s.
 * observation: position m, velocity m/s, pitch rad, pitch' rad/s. */
static void balancer_observe(const wann_real *state, wann_real *observation)
{
    observation[0] = state[0] * BALANCER_WHEEL_M;
    observation[1] = state[2] * BALANCER_WHEEL_M;
    observation[2] = state[1];
    observation[3] = state[3];
}

/* Upright within 10 degrees, within 1 m. */
static wann_mask balancer_held(const wann_real *state, const wann_real *observation)
{
    (void)state;
    return wann_true(wann_abs(observation[2]) < WANN_10_DEGREES_RAD) &
           wann_true(wann_abs(observation[0]) <= BALANCER_FAR_M);
}

/* Solves the two equations of motion for both accelerations by Cramer's rule.
 * body: mass kg, height of the centre of mass m, friction of the motors N m s/rad. */
WANN_INLINE void balancer_move(const wann_real *state, wann_real voltage, wann_real *rate,
                               const wann_real *body)
{
    const float radius2_m2 = BALANCER_WHEEL_M * BALANCER_WHEEL_M;
    const float rotors_kgm2 = 2.0f * BALANCER_ROTOR_KGM2;
    const float per_volt = 2.0f * BALANCER_MOTOR_NMPA / BALANCER_MOTOR_OHM;
    wann_real body_kgm = body[0] * body[1];
    wann_real wheel_kgm2 = (body[0] + 3.0f * BALANCER_WHEEL_KG) * radius2_m2 + rotors_kgm2;
    wann_real pitch_kgm2 = body_kgm * body[1] * (4.0f / 3.0f) + rotors_kgm2;
    wann_real drag = body[2] * 2.0f + per_volt * BALANCER_MOTOR_VSPRAD;
    wann_real c = wann_cos_rad(state[1]), s = wann_sin_rad(state[1]);
    wann_real torque = voltage * per_volt - (state[2] - state[3]) * drag;
    wann_real on_wheel = torque + state[3] * state[3] * s * (body_kgm * BALANCER_WHEEL_M);
    wann_real on_pitch = s * (body_kgm * BALANCER_GRAVITY_MPS2) - torque;
    wann_real cross = c * (body_kgm * BALANCER_WHEEL_M) - rotors_kgm2;
    wann_real determinant = wheel_kgm2 * pitch_kgm2 - cross * cross;
    rate[0] = state[2];
    rate[1] = state[3];
    rate[2] = (on_wheel * pitch_kgm2 - on_pitch * cross) / determinant;
    rate[3] = (on_pitch * wheel_kgm2 - on_wheel * cross) / determinant;
}

static inline void balancer_rates(const wann_real *state, const wann_real *voltage,
                                  wann_real *rate)
{
    const wann_real body[] = {
        wann_constant(BALANCER_BODY_KG), wann_constant(BALANCER_CENTRE_M),
        wann_constant(BALANCER_MOTOR_NMSPRAD),
    };
    balancer_move(state, voltage[0], rate, body);
}

/* input: the voltage, then the body. */
static inline void balancer_varied_rates(const wann_real *state, const wann_real *input,
                                         wann_real *rate)
{
    balancer_move(state, input[0], rate, input + 1);
}

static inline wann_real balancer_voltage(const wann_real *action)
{
    return wann_clamp(action[0], -1.0f, 1.0f) * BALANCER_MOTOR_V;
}

static inline wann_mask balancer_judge(const wann_real *state, wann_real *observation,
                                       wann_real *reward)
{
    balancer_observe(state, observation);
    wann_real place = observation[0] * (1.0f / BALANCER_FAR_M);
    wann_real pitch = observation[2] * (1.0f / BALANCER_FALLEN_RAD);
    reward[0] = 1.0f - (place * place + pitch * pitch) * 0.5f;
    return wann_true(wann_abs(observation[0]) > BALANCER_FAR_M) |
           wann_true(wann_abs(observation[2]) > BALANCER_FALLEN_RAD);
}

static wann_mask balancer_step(wann_real *state, wann_real *observation, const wann_real *action,
                               wann_real *reward)
{
    wann_real voltage = balancer_voltage(action);
    for (int part = 0; part < 4; part++)
        wann_rk4(balancer_rates, 4, state, &voltage, 0.25f * BALANCER_DT_S);
    return balancer_judge(state, observation, reward);
}

static wann_mask balancer_varied(wann_real *state, wann_real *observation,
                                 const wann_real *action, wann_real *reward,
                                 const wann_real *factor)
{
    const wann_real input[] = {
        balancer_voltage(action), factor[0] * BALANCER_BODY_KG, factor[1] * BALANCER_CENTRE_M,
        factor[2] * BALANCER_MOTOR_NMSPRAD,
    };
    for (int part = 0; part < 4; part++)
        wann_rk4(balancer_varied_rates, 4, state, input, 0.25f * BALANCER_DT_S);
    return balancer_judge(state, observation, reward);
}

#endif
