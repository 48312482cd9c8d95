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
    wann_mask over = my_plant.step(state, clipped, reward);
    my_plant.observe(state, observation);
    return over;
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
        "", 0,
    };
    return &entry;
}

#include "../isa_end.h"
