/* A two-legged robot on uneven ground: bodies, joints, motors, ground, lidar and reward of
 * gymnasium's BipedalWalker-v3, with the physics of rigid.h in place of Box2D. docs/tasks.md lists
 * the differences.
 * SI units; x is to the right, y up, angles counter-clockwise. */
#ifndef WANN_BIPED_H
#define WANN_BIPED_H

#include "biped_feet.h"

#define BIPED_EFFORT 0.028f  /* cost of an action of 1 per step */
#define BIPED_END_M 88.6666667f

/* Position and orientation of the hull's origin. */
typedef struct {
    wann_real x, y, cosine, sine;
} biped_hull;

static inline biped_hull biped_find_hull(const wann_real *state)
{
    wann_real c = wann_cos_rad(state[2]), s = wann_sin_rad(state[2]);
    return (biped_hull){
        .x = state[0] - (c * BIPED_HULL_X_M - s * BIPED_HULL_Y_M),
        .y = state[1] - (s * BIPED_HULL_X_M + c * BIPED_HULL_Y_M),
        .cosine = c, .sine = s,
    };
}

static inline void biped_see(const wann_real *state, const biped_hull *hull,
                             wann_real *observation)
{
    static const float rest[] = {BIPED_REST_RAD, 1.0f, -BIPED_REST_RAD, 1.0f};
    static const float per_radps[] = {1.0f / BIPED_HIP_RADPS, 1.0f / BIPED_KNEE_RADPS};
    observation[0] = state[2];
    observation[1] = state[5] * (2.0f * BIPED_DT_S);
    observation[2] = state[3] * (0.3f * 20.0f * BIPED_DT_S);
    observation[3] = state[4] * (0.3f * 13.3333333f * BIPED_DT_S);
    for (int j = 0; j < BIPED_PINS; j++) {
        const wann_real *a = state + 6 * (j % 2 == 0 ? 0 : j), *b = state + 6 * (j + 1);
        wann_real *seen = observation + 4 + 5 * (j / 2) + 2 * (j % 2);
        seen[0] = b[2] - a[2] + rest[j];
        seen[1] = (b[5] - a[5]) * per_radps[j % 2];
    }
    observation[8] = state[BIPED_AT_TOUCH];
    observation[13] = state[BIPED_AT_TOUCH + 3];
    biped_lidar(state + BIPED_AT_HEIGHTS, hull->x, hull->y, observation + 14);
}

static void biped_observe(const wann_real *state, wann_real *observation)
{
    const biped_hull hull = biped_find_hull(state);
    biped_see(state, &hull, observation);
}

/* At the end of the ground. */
static wann_mask biped_held(const wann_real *state, const wann_real *observation)
{
    (void)observation;
    return wann_true(biped_find_hull(state).x > BIPED_END_M);
}

/* Whether the hull touches the ground at its corners or at two points between them. */
static inline wann_mask biped_falls(const wann_real *heights, const biped_hull *hull)
{
    static const float corner_m[][2] = {
        {-1.0f, 0.3f}, {0.2f, 0.3f}, {1.13333333f, 0.0333333333f}, {1.13333333f, -0.266666667f},
        {-1.0f, -0.266666667f}, {-0.3f, -0.266666667f}, {0.4f, -0.266666667f},
    };
    const wann_real c = hull->cosine, s = hull->sine;
    wann_mask falls = wann_true(hull->x < 0.0f);
    for (int i = 0; i < 7; i++) {
        wann_real px = hull->x + c * corner_m[i][0] - s * corner_m[i][1];
        wann_real py = hull->y + s * corner_m[i][0] + c * corner_m[i][1], nx, ny, level;
        biped_ground(heights, px, &nx, &ny, &level);
        falls = falls | wann_true(px * nx + py * ny - level <= RIGID_ROUNDED_M);
    }
    return falls;
}

static inline wann_mask biped_judge(wann_real *state, wann_real *observation,
                                    const wann_real *action, wann_real *reward)
{
    const biped_hull hull = biped_find_hull(state);
    wann_real effort = wann_constant(0.0f);
    biped_see(state, &hull, observation);
    wann_real shaping = hull.x * (130.0f / 30.0f) - wann_abs(state[2]) * 5.0f;
    for (int j = 0; j < BIPED_PINS; j++)
        effort = effort + wann_clamp(wann_abs(action[j]), 0.0f, 1.0f);
    wann_real gain = shaping - state[BIPED_AT_SHAPING] - effort * BIPED_EFFORT;
    wann_mask falls = biped_falls(state + BIPED_AT_HEIGHTS, &hull);
    state[BIPED_AT_SHAPING] = shaping;
    reward[0] = wann_select(falls, wann_constant(-100.0f), gain);
    return falls | wann_true(hull.x > BIPED_END_M);
}

/* factor: of the hull's mass, the legs' mass, the motors' torque and the friction. */
static inline void biped_advance(wann_real *state, const wann_real *action,
                                 const wann_real *factor)
{
    biped walker;
    wann_real friction = factor[3] * BIPED_FRICTION;
    biped_read(state, action, factor, &walker);
    biped_solve(&walker, friction);
    biped_mend(&walker);
    biped_stop(state + BIPED_AT_HEIGHTS, &walker, friction);
    biped_write(&walker, state);
}

static wann_mask biped_varied(wann_real *state, wann_real *observation, const wann_real *action,
                              wann_real *reward, const wann_real *factor)
{
    biped_advance(state, action, factor);
    return biped_judge(state, observation, action, reward);
}

static wann_mask biped_step(wann_real *state, wann_real *observation, const wann_real *action,
                            wann_real *reward)
{
    const wann_real factor[] = {
        wann_constant(1.0f), wann_constant(1.0f), wann_constant(1.0f), wann_constant(1.0f),
    };
    return biped_varied(state, observation, action, reward, factor);
}

#endif
