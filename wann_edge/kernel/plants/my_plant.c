/* The adapter from wann_my_plant to wann_plant. Compiled for WANN_LANES lanes, with the path of
 * the user's C file in WANN_MY_PLANT, into a library whose functions the kernel calls. */
#include "../isa.h"
#include WANN_MY_PLANT
#include "wann_plant.h"

static wann_plant entry;

static wann_mask my_step(wann_real *state, wann_real *observation, const wann_real *action,
                         wann_real *reward)
{
    wann_real clipped[WANN_PLANT_ROOM];
    for (int32_t i = 0; i < entry.actions; i++)
        clipped[i] = wann_clamp(action[i], my_plant.outputs[i].low, my_plant.outputs[i].high);
    /* The reward of a step from an observation that is not finite is NaN. */
    wann_real fault = wann_constant(0.0f);
    for (int32_t i = 0; i < entry.observations; i++)
        fault = fault + (observation[i] - observation[i]);
    wann_mask over = my_plant.step(state, clipped, reward);
    *reward = *reward + fault;
    my_plant.observe(state, observation);
    return over;
}

static wann_mask my_held(const wann_real *state, const wann_real *observation)
{
    (void)observation;
    return my_plant.held(state);
}

/* The steps of held_s, to the nearest; at least the last one. */
static int32_t my_held_steps(void)
{
    float steps = my_plant.held_s / my_plant.dt_s + 0.5f;
    return steps < 1.0f ? 1 : steps < (float)my_plant.max_steps ? (int32_t)steps : my_plant.max_steps;
}

const void *wann_my_entry(void);
const void *wann_my_entry(void)
{
    int32_t inputs = 0, outputs = 0;
    while (inputs < WANN_PLANT_ROOM && my_plant.inputs[inputs].name != 0)
        inputs++;
    while (outputs < WANN_PLANT_ROOM && my_plant.outputs[outputs].name != 0)
        outputs++;
    entry = (wann_plant){
        "my_plant", my_plant.dt_s, my_plant.states, inputs, outputs, my_plant.observe, my_step,
        "", 0, my_plant.held == 0 ? 0 : my_held, my_held_steps(),
    };
    return &entry;
}

#include "../isa_end.h"
