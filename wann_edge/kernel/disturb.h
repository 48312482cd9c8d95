/* What a real machine adds to a plant: noise and coarse steps on what is measured, samples that
 * are lost, actions that are late, weak or dead near rest, and bodies of another mass or length
 * than was modelled. Every random number is the caller's: a row a control period. */
#ifndef WANN_DISTURB_H
#define WANN_DISTURB_H

#include <stdint.h>

#define WANN_AGE_ROOM 8         /* an action is at most one period less old */
#define WANN_PARAMETER_ROOM 8   /* the most parameters of a plant */

/* An observation's converter: clipped to its range, then counted in steps of this size; a step
 * of 0 passes what it is given. */
typedef struct {
    float low, high, per_step, step;
} wann_converter;

/* What an action does: none within `dead` of rest, and never more than this range. */
typedef struct {
    float rest, low, high, dead;
} wann_actuator;

typedef struct {
    int32_t steps, parameters;
    const float *factor;   /* [episodes][parameters]: what the plant's parameters are multiplied by */
    const float *noise;    /* [episodes][steps + 1][observations], added */
    const int32_t *lost;   /* [episodes][steps + 1]: not 0 where the last sample stands; 0 first */
    const int32_t *age;    /* [episodes][steps]: how many periods ago the action in effect was sent */
    const wann_converter *input;  /* [observations] */
    const wann_actuator *output;  /* [actions] */
} wann_disturbance;

static inline float wann_converted(const wann_converter *converter, float x)
{
    if (converter->step == 0.0f)
        return x;
    float raised = x > converter->low ? x : converter->low;  /* NaN counts as lowest */
    float clipped = raised < converter->high ? raised : converter->high;
    float steps = (clipped - converter->low) * converter->per_step + 0.5f;
    return (float)(int32_t)steps * converter->step + converter->low;
}

static inline float wann_driven(const wann_actuator *actuator, float x)
{
    float off = x - actuator->rest;
    if (off <= actuator->dead && off >= 0.0f - actuator->dead)
        return actuator->rest;
    float raised = x > actuator->low ? x : actuator->low;
    return raised < actuator->high ? raised : actuator->high;
}

#endif
