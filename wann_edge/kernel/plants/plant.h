/* The interface of a plant. Its code is written once, for floats and for lanes.
 *
 * dt_s: the control period; 0 for a plant whose steps have no duration in seconds.
 * observe: writes the observation of a state.
 * step: runs one control period. In: state, its observation, the action. Out: the new
 * state and observation, the reward; returns whether the episode is over.
 * parameters: names of what can differ from the model, with commas; "" for none.
 * varied: step with each parameter multiplied by a factor; NULL where there are none.
 * held: whether a state, with its observation, is one that the controller is asked to hold or
 * reach. NULL where the plant does not say.
 * held_steps: an episode is held if this is so after each of its last held_steps steps.
 */
#ifndef WANN_PLANT_H
#define WANN_PLANT_H

#include "../network.h"

#define WANN_PLANT_ROOM 24  /* the most observations or actions */
#define WANN_STATE_ROOM 296  /* the most state variables */

typedef struct {
    const char *name;
    float dt_s;
    int32_t states, observations, actions;
    void (*observe)(const wann_real *state, wann_real *observation);
    wann_mask (*step)(wann_real *state, wann_real *observation, const wann_real *action,
                      wann_real *reward);
    const char *parameters;
    wann_mask (*varied)(wann_real *state, wann_real *observation, const wann_real *action,
                        wann_real *reward, const wann_real *factor);
    wann_mask (*held)(const wann_real *state, const wann_real *observation);
    int32_t held_steps;
} wann_plant;

#define WANN_NEVER ((wann_mask){0})  /* returned by a step that never ends an episode */
#define WANN_10_DEGREES_RAD 0.174532925f
#define WANN_COS_10_DEGREES 0.984807753f
#define WANN_TURN_RAD 6.28318531f
#define WANN_PER_TURN 0.159154943f

/* Clamp x to low..high; NaN stays NaN. */
static inline wann_real wann_clamp(wann_real x, float low, float high)
{
    wann_real raised = wann_select(x < low, wann_constant(low), x);
    return wann_select(raised > high, wann_constant(high), raised);
}

/* The smaller of n and a limit. */
static inline wann_int wann_least_int(wann_int n, int32_t limit)
{
    return wann_to_int(wann_clamp(wann_to_real(n), -1e6f, (float)limit));
}

/* table[index], with a different index in each lane. */
static inline wann_real wann_pick(const wann_real *table, wann_int index)
{
#if WANN_LANES == 1
    return table[index];
#else
    wann_real picked;
    for (int lane = 0; lane < WANN_LANES; lane++)
        picked[lane] = table[index[lane]][lane];
    return picked;
#endif
}

/* Whether the mask is true in any lane. */
static inline int32_t wann_any_lane(wann_mask mask)
{
#if WANN_LANES == 1
    return mask;
#else
    int32_t any = 0;
    for (int lane = 0; lane < WANN_LANES; lane++)
        any |= mask[lane];
    return any;
#endif
}

/* Sine and cosine of an angle in radians. */
static inline wann_real wann_sin_rad(wann_real angle)
{
    return wann_sin(angle * (2.0f * WANN_PER_TURN));
}

static inline wann_real wann_cos_rad(wann_real angle)
{
    return wann_cos(angle * (2.0f * WANN_PER_TURN));
}

/* The same direction as an angle within half a turn of 0. */
static inline wann_real wann_wrap_rad(wann_real angle)
{
    wann_real turns = angle * WANN_PER_TURN;
    wann_real half = wann_select(turns < 0.0f, wann_constant(-0.5f), wann_constant(0.5f));
    wann_real near = wann_select(wann_abs(turns) < 1e6f, turns + half, wann_constant(0.0f));
    return angle - wann_to_real(wann_to_int(near)) * WANN_TURN_RAD;
}

/* One classical Runge-Kutta step of dt_s for n variables, with constant input.
 * rates: writes the derivative of a state under an input. */
WANN_INLINE void wann_rk4(void (*rates)(const wann_real *state, const wann_real *input,
                                        wann_real *rate),
                          int32_t n, wann_real *state, const wann_real *input, float dt_s)
{
    const float ahead_s[] = {0.5f * dt_s, 0.5f * dt_s, dt_s, 0.0f};
    const float share[] = {1.0f, 2.0f, 2.0f, 1.0f};
    wann_real at[WANN_PLANT_ROOM], rate[WANN_PLANT_ROOM], sum[WANN_PLANT_ROOM];
    for (int32_t i = 0; i < n; i++) {
        at[i] = state[i];
        sum[i] = wann_constant(0.0f);
    }
    for (int32_t stage = 0; stage < 4; stage++) {
        rates(at, input, rate);
        for (int32_t i = 0; i < n; i++) {
            sum[i] = sum[i] + rate[i] * share[stage];
            at[i] = state[i] + rate[i] * ahead_s[stage];
        }
    }
    for (int32_t i = 0; i < n; i++)
        state[i] = state[i] + sum[i] * (dt_s / 6.0f);
}

#endif
