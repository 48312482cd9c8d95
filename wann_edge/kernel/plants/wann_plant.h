/* The interface of your own plant, in one C file:
 *
 *     #include "wann_plant.h"
 *     ... reset, observe, step ...
 *     const wann_my_plant my_plant = {.dt_s = 0.01f, .max_steps = 500, .states = 2, ...};
 *
 * docs/plants.md is the tutorial. The file is compiled once for each lane width. Its numbers
 * are wann_real: a float, or a vector of floats with one episode in each lane. Therefore `if`
 * does not work on them: wann_select(condition, yes, no) chooses per lane, wann_constant(1.0f)
 * turns a constant into a wann_real, and wann_true(condition) returns a wann_mask, which
 * & and | combine. Available are + - * / and
 *     wann_sin_rad  wann_cos_rad  wann_wrap_rad  wann_tanh  wann_abs  wann_clamp  wann_rk4
 * of plant.h, activations.h and network.h. Write float constants with an f: 0.5f.
 */
#ifndef WANN_WANN_PLANT_H
#define WANN_WANN_PLANT_H

#include "plant.h"

typedef struct {
    const char *name, *unit;
    float low, high;      /* the typical range, in the unit */
    float offset, scale;  /* the network gets (observation - offset) * scale; 0: scale 1 */
} wann_my_input;

typedef struct {
    const char *name, *unit;
    float low, high;  /* actions are clipped to this range before `step` gets them */
    float safe;       /* the action when an observation is not finite */
} wann_my_output;

typedef struct {
    float dt_s;                              /* the control period, s */
    int32_t max_steps;                       /* of an episode that nothing ends earlier */
    int32_t states;                          /* state variables, 1 to WANN_PLANT_ROOM */
    wann_my_input inputs[WANN_PLANT_ROOM];   /* one per observation; a missing name ends it */
    wann_my_output outputs[WANN_PLANT_ROOM]; /* one per action, likewise */
    /* Writes the starting state of the episode of a seed. */
    void (*reset)(uint64_t seed, wann_real *state);
    /* Writes the observation of a state. */
    void (*observe)(const wann_real *state, wann_real *observation);
    /* Runs one control period: writes the new state and the reward, and returns whether the
     * episode is over: wann_true(condition), or WANN_NEVER. */
    wann_mask (*step)(wann_real *state, const wann_real *action, wann_real *reward);
    /* Optional: whether a state is one that the controller is asked to hold or reach. An episode
     * is held if it is so after each step of the episode's last held_s seconds; 0: the last step. */
    wann_mask (*held)(const wann_real *state);
    float held_s;
} wann_my_plant;

/* 64 random bits for a seed and a place: the mixer of splitmix64 (Steele et al. 2014), twice. */
static inline uint64_t wann_random(uint64_t seed, uint32_t place)
{
    uint64_t bits = seed;
    for (int round = 0; round < 2; round++) {
        bits += (place + 1u) * UINT64_C(0x9e3779b97f4a7c15);
        bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
        bits ^= bits >> 31;
    }
    return bits;
}

/* A uniform random number from low to high; places 0, 1, 2... of a seed differ. */
static inline wann_real wann_uniform(uint64_t seed, uint32_t place, float low, float high)
{
    float share = (float)(wann_random(seed, place) >> 40) * 5.96046448e-8f;
    return wann_constant(low + share * (high - low));
}

/* A nearly normal random number: a sum of 12 uniform ones, so always within 6 deviations. */
static inline wann_real wann_normal(uint64_t seed, uint32_t place, float mean, float deviation)
{
    float sum = -6.0f;
    for (uint32_t i = 0; i < 6; i++) {
        uint64_t bits = wann_random(wann_random(seed, place), i);
        sum += (float)(bits >> 40) * 5.96046448e-8f;
        sum += (float)(bits & 0xffffffu) * 5.96046448e-8f;
    }
    return wann_constant(mean + sum * deviation);
}

#endif
