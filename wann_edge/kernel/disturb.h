/* Disturbances of a real machine: measurement noise, coarse converters, lost samples, actions that
 * are late, limited or without effect near rest, and masses and lengths that differ from the model.
 * The caller draws all random numbers: one row per control period. */
#ifndef WANN_DISTURB_H
#define WANN_DISTURB_H

#include <stdint.h>

#include "real.h"

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
    int32_t latency;       /* every age where `age` is NULL */
    const float *factor;   /* [episodes][parameters]: multiplies the plant's parameters */
    const float *noise;    /* [episodes][steps + 1][observations], added */
    const int32_t *lost;   /* [episodes][steps + 1]: not 0 where the last sample is used; first 0.
                              NULL where no sample is lost */
    const int32_t *age;    /* [episodes][steps]: periods since the action in effect was sent, or
                              NULL */
    const wann_converter *input;  /* [observations] */
    const wann_actuator *output;  /* [actions] */
} wann_disturbance;

static inline wann_real wann_converted(const wann_converter *converter, wann_real x)
{
    if (converter->step == 0.0f)
        return x;
    const wann_real low = wann_constant(converter->low), high = wann_constant(converter->high);
    wann_real raised = wann_select(x > low, x, low);  /* NaN becomes the lowest */
    wann_real clipped = wann_select(raised < high, raised, high);
    wann_real steps = (clipped - low) * converter->per_step + 0.5f;
    return wann_to_real(wann_to_int(steps)) * converter->step + low;
}

static inline wann_real wann_driven(const wann_actuator *actuator, wann_real x)
{
    const wann_real low = wann_constant(actuator->low), high = wann_constant(actuator->high);
    const wann_real rest = wann_constant(actuator->rest);
    wann_real off = x - rest, raised = wann_select(x > low, x, low);
    wann_mask is_dead = wann_true(off <= actuator->dead) &
                        wann_true(off >= 0.0f - actuator->dead);
    return wann_select(is_dead, rest, wann_select(raised < high, raised, high));
}

#endif
