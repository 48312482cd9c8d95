/* Disturbances of a real machine: measurement noise, coarse converters, lost samples, actions that
 * are late, limited or without effect near rest, and masses and lengths that differ from the model.
 * The caller draws all random numbers: one row per control period. */
#ifndef WANN_DISTURB_H
#define WANN_DISTURB_H

#include <stdint.h>

#define WANN_AGE_ROOM 8         /* the most periods from an action to its effect, plus 1 */
#define WANN_PARAMETER_ROOM 8   /* the most parameters of a plant */

/* The converter of an observation: clips to the range and rounds to whole steps. A step of 0 means
 * no converter. */
typedef struct {
    float low, high, per_step, step;
} wann_converter;

/* The actuator of an action: no effect within `dead` of rest, and limited to the range. */
typedef struct {
    float rest, low, high, dead;
} wann_actuator;

typedef struct {
    int32_t steps, parameters;
    const float *factor;   /* [episodes][parameters]: multiplies the plant's parameters */
    const float *noise;    /* [episodes][steps + 1][observations], added */
    const int32_t *lost;   /* [episodes][steps + 1]: not 0 where the last sample is used; first 0 */
    const int32_t *age;    /* [episodes][steps]: periods since the action in effect was sent */
    const wann_converter *input;  /* [observations] */
    const wann_actuator *output;  /* [actions] */
} wann_disturbance;

static inline float wann_converted(const wann_converter *converter, float x)
{
    if (converter->step == 0.0f)
        return x;
    float raised = x > converter->low ? x : converter->low;  /* NaN becomes the lowest */
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
