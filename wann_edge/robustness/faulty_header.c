/* The tables of faults for an instrumented header, and its closed loop.
 *
 * STRESS_NODES: the number of nodes: bias, inputs and computed nodes.
 * STRESS_IN_WORDS: defined for a header in 16-bit fixed point.
 * constants.inc: the constants of the header, in order. */
#include <stdint.h>

float stress_constants[] = {
#include "constants.inc"
    0.0f
};
/* A result's bits become (bits & kept) ^ flipped. */
uint32_t stress_kept[STRESS_NODES], stress_flipped[STRESS_NODES];
/* The number of last bits of each word to round away. */
int32_t stress_dropped_bits = 0;

#ifdef STRESS_IN_WORDS
#define STEP stressed_policy_step_units
#define STRESSED_POLICY_UNITS
static inline int32_t stress_result(int32_t node, int32_t word)
{
    const int32_t one = (int32_t)1 << stress_dropped_bits, half = one >> 1;
    int32_t rounded = ((word + half) >> stress_dropped_bits) * one;
    if (rounded > 32767)
        rounded -= one;
    return (int32_t)(((uint32_t)rounded & stress_kept[node]) ^ stress_flipped[node]);
}
#else
#define STEP stressed_policy_step
static inline float stress_result(int32_t node, float value)
{
    union { float value; uint32_t bits; } word;
    word.value = value;
    word.bits = (word.bits & stress_kept[node]) ^ stress_flipped[node];
    return word.value;
}
#endif

#include "policy.h"

/* One step. flip: 32 times a node plus the bit of its result that is flipped in this step only;
 * below 0 for none. */
void stress_step(const float *observation, float *action, int32_t flip);
void stress_step(const float *observation, float *action, int32_t flip)
{
    const int32_t node = flip < 0 ? 0 : flip / 32;
    const uint32_t mask = flip < 0 ? 0u : (uint32_t)1 << (flip % 32);
    stress_flipped[node] ^= mask;
    STEP(observation, action);
    stress_flipped[node] ^= mask;
}

/* Functions of the kernel. */
typedef void observe_function(const void *plant, const float *state, float *observation);
typedef int32_t step_function(const void *plant, float *state, float *observation,
                              const float *action, float *reward);
typedef int32_t held_function(const void *plant, const float *state, const float *observation);

/* Whole episodes of a native plant. Sums rewards in the kernel's order.
 * held_steps: the last steps in which a held episode's states are held; 0 to hold none.
 * state [count][states]: the starting states; overwritten. flips [count][max_steps]: or NULL.
 * held [count]: 1 for a held episode, else 0. */
void stress_episodes(observe_function *observe, step_function *step, held_function *is_held,
                     const void *plant, int32_t held_steps, int32_t count, int32_t max_steps,
                     int32_t states, float *state, const int32_t *flips, float *returns,
                     int32_t *held);
void stress_episodes(observe_function *observe, step_function *step, held_function *is_held,
                     const void *plant, int32_t held_steps, int32_t count, int32_t max_steps,
                     int32_t states, float *state, const int32_t *flips, float *returns,
                     int32_t *held)
{
    for (int32_t episode = 0; episode < count; episode++, state += states) {
        float observation[STRESSED_POLICY_INPUTS], action[STRESSED_POLICY_OUTPUTS], reward;
        float total = 0.0f;
        int32_t over = 0, streak = 0;
        observe(plant, state, observation);
        for (int32_t i = 0; i < max_steps && !over; i++) {
            stress_step(observation, action, flips ? flips[i] : -1);
            over = step(plant, state, observation, action, &reward);
            total += reward;
            if (held_steps > 0)
                streak = is_held(plant, state, observation) ? streak + 1 : 0;
        }
        returns[episode] = total;
        held[episode] = held_steps > 0 && streak >= held_steps;
        flips = flips ? flips + max_steps : flips;
    }
}
