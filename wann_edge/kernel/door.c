/* Calls the functions of the chosen lane width, in IEEE mode. Compiled with one lane. */
#include "door.h"
#include "float_mode.h"
#include "plants/plants.h"

#define WANN_NAME(name) #name,
static const char *const names[] = {WANN_ACTIVATIONS(WANN_NAME)};

#if defined(__x86_64__)
#define WANN_SUPPORTS_16 __builtin_cpu_supports("avx512f")
#define WANN_SUPPORTS_8 __builtin_cpu_supports("avx2")
#define WANN_SUPPORTS_4 1
#elif defined(__aarch64__)
#define WANN_SUPPORTS_16 0
#define WANN_SUPPORTS_8 0
#define WANN_SUPPORTS_4 1
#else
#define WANN_SUPPORTS_16 0
#define WANN_SUPPORTS_8 0
#define WANN_SUPPORTS_4 0
#endif

static const wann_lanes *table(int32_t lanes)
{
    switch (lanes) {
    case 16: return &wann_lanes_16;
    case 8: return &wann_lanes_8;
    case 4: return &wann_lanes_4;
    default: return &wann_lanes_1;
    }
}

#ifndef WANN_SOURCES
#define WANN_SOURCES ""
#endif

const char *wann_sources(void)
{
    return WANN_SOURCES;
}

int32_t wann_supports(int32_t lanes)
{
    switch (lanes) {
    case 16: return WANN_SUPPORTS_16 != 0;
    case 8: return WANN_SUPPORTS_8 != 0;
    case 4: return WANN_SUPPORTS_4;
    default: return lanes == 1;
    }
}

const char *wann_activation_name(int32_t activation)
{
    return activation >= 0 && activation < WANN_ACTIVATION_COUNT ? names[activation] : 0;
}

const char *wann_plant_name(int32_t plant)
{
    return plant >= 0 && plant < WANN_PLANT_COUNT ? wann_plants[plant].name : 0;
}

const void *wann_native_plant(int32_t lanes, int32_t plant)
{
    return table(lanes)->plant(plant);
}

void wann_plant_sizes(const void *plant, int32_t *states, int32_t *observations,
                      int32_t *actions)
{
    const wann_plant *sized = plant;
    *states = sized->states;
    *observations = sized->observations;
    *actions = sized->actions;
}

float wann_plant_dt_s(const void *plant)
{
    return ((const wann_plant *)plant)->dt_s;
}

uint64_t wann_scratch_bytes(int32_t lanes, const wann_network *net, int32_t edges)
{
    int32_t values = 1 + 2 * net->inputs + 2 * net->computed + net->outputs + edges;
    return table(lanes)->bytes_per_value * (uint64_t)values;
}

uint64_t wann_ieee_mode(void)
{
    return WANN_IEEE_MODE;
}

uint64_t wann_set_mode(uint64_t mode)
{
    return wann_mode(mode);
}

void wann_run_activation(int32_t lanes, int32_t activation, int32_t count, const float *x,
                         float *y)
{
    const uint64_t before = wann_mode(WANN_IEEE_MODE);
    table(lanes)->activate(activation, count, x, y);
    wann_mode(before);
}

void wann_run_forward(int32_t lanes, const wann_network *net, int32_t count, const float *weight,
                      const float *observation, float *action, float *sum, void *scratch)
{
    const uint64_t before = wann_mode(WANN_IEEE_MODE);
    table(lanes)->forward(net, count, weight, observation, action, sum, scratch);
    wann_mode(before);
}

void wann_run_rollouts(int32_t lanes, int32_t networks, const wann_network *const *net,
                       const wann_fixed *const *fixed, const void *plant, const wann_jobs *jobs,
                       void *scratch)
{
    const uint64_t before = wann_mode(WANN_IEEE_MODE);
    table(lanes)->rollouts(networks, net, fixed, plant, jobs, scratch);
    wann_mode(before);
}

void wann_run_fixed_activation(int32_t lanes, int32_t wide, int32_t activation, int32_t count,
                               const int32_t *x, int32_t *y)
{
    const uint64_t before = wann_mode(WANN_IEEE_MODE);
    table(lanes)->fixed_activate(wide, activation, count, x, y);
    wann_mode(before);
}

void wann_run_fixed_walk(int32_t lanes, const wann_fixed *fixed, int32_t count,
                         const int32_t *weight, const int32_t *observation, int32_t *action,
                         void *scratch)
{
    const uint64_t before = wann_mode(WANN_IEEE_MODE);
    table(lanes)->fixed_walk(fixed, count, weight, observation, action, scratch);
    wann_mode(before);
}

void wann_run_fixed_forward(int32_t lanes, const wann_fixed *fixed, int32_t count,
                            const float *weight, const float *observation, float *action,
                            int32_t *sum, void *scratch)
{
    const uint64_t before = wann_mode(WANN_IEEE_MODE);
    table(lanes)->fixed_forward(fixed, count, weight, observation, action, sum, scratch);
    wann_mode(before);
}

const char *wann_plant_parameters(const void *plant)
{
    return ((const wann_plant *)plant)->parameters;
}

int32_t wann_plant_held_steps(const void *plant)
{
    const wann_plant *asked = plant;
    return asked->held == 0 ? 0 : asked->held_steps;
}

int32_t wann_plant_held(const void *plant, const float *state, const float *observation)
{
    const uint64_t before = wann_mode(WANN_IEEE_MODE);
    const int32_t held = ((const wann_plant *)plant)->held(state, observation);
    wann_mode(before);
    return held != 0;
}

void wann_plant_observe(const void *plant, const float *state, float *observation)
{
    const uint64_t before = wann_mode(WANN_IEEE_MODE);
    ((const wann_plant *)plant)->observe(state, observation);
    wann_mode(before);
}

int32_t wann_plant_step(const void *plant, float *state, float *observation, const float *action,
                        float *reward)
{
    const uint64_t before = wann_mode(WANN_IEEE_MODE);
    const int32_t over = ((const wann_plant *)plant)->step(state, observation, action, reward);
    wann_mode(before);
    return over != 0;
}

int32_t wann_plant_step_varied(const void *plant, float *state, float *observation,
                               const float *action, float *reward, const float *factor)
{
    const uint64_t before = wann_mode(WANN_IEEE_MODE);
    const wann_plant *varied = plant;
    const int32_t over = varied->varied(state, observation, action, reward, factor);
    wann_mode(before);
    return over != 0;
}
