/* What lies between controllers and plants that are disturbed: what a controller receives, and what
 * its actuators apply. */
#ifndef WANN_WIRES_H
#define WANN_WIRES_H

#include "group.h"

/* The observations that disturbed controllers receive, and the actions they sent in the last
 * control periods: the newest in sent[now]. */
typedef struct {
    wann_floats seen[WANN_PLANT_ROOM], sent[WANN_AGE_ROOM][WANN_PLANT_ROOM];
    int32_t now;
} wann_wires;

static inline int32_t wann_steps_done(const wann_group *group, const wann_jobs *jobs, int32_t lane)
{
    return jobs->max_steps - group->left.lane[lane];
}

/* Updates the observation that each lane's controller receives, after a step or a reset. */
static inline void wann_sense(const wann_group *group, const wann_plant *plant,
                              const wann_jobs *jobs, wann_wires *wires)
{
    const wann_disturbance *disturbance = jobs->disturbance;
    wann_floats noise[WANN_PLANT_ROOM];
    wann_integers arrives;
    for (int32_t i = 0; i < plant->observations; i++)
        noise[i] = (wann_floats){.lane = {0}};
    for (int32_t lane = 0; lane < WANN_BLOCKS * WANN_LANES; lane++) {
        arrives.lane[lane] = 0;
        if (group->running.lane[lane] == 0)
            continue;
        int64_t row = (int64_t)jobs->episode[group->job[lane]] * (disturbance->steps + 1) +
                      wann_steps_done(group, jobs, lane);
        const float *drawn = disturbance->noise + row * plant->observations;
        arrives.lane[lane] = disturbance->lost != 0 && disturbance->lost[row] != 0 ? 0 : -1;
        for (int32_t i = 0; i < plant->observations; i++)
            noise[i].lane[lane] = drawn[i];
    }
    for (int32_t i = 0; i < plant->observations; i++)
        WANN_EACH_BLOCK(b)
            wires->seen[i].real[b] = wann_select(
                arrives.mask[b],
                wann_converted(&disturbance->input[i],
                               group->observation[i].real[b] + noise[i].real[b]),
                wires->seen[i].real[b]);
}

/* The actions that were sent as many control periods ago as each lane's own age says. */
static inline void wann_delay_each(wann_group *group, const wann_plant *plant,
                                   const wann_jobs *jobs, const wann_wires *wires)
{
    const wann_disturbance *disturbance = jobs->disturbance;
    for (int32_t lane = 0; lane < WANN_BLOCKS * WANN_LANES; lane++) {
        if (group->running.lane[lane] == 0)
            continue;
        int32_t step = wann_steps_done(group, jobs, lane);
        int64_t row = (int64_t)jobs->episode[group->job[lane]] * disturbance->steps + step;
        int32_t age = disturbance->age[row];
        const wann_floats *then = wires->sent[(wires->now + WANN_AGE_ROOM - age) % WANN_AGE_ROOM];
        for (int32_t i = 0; i < plant->actions; i++)
            group->action[i].lane[lane] =
                age > step ? disturbance->output[i].rest : then[i].lane[lane];
    }
}

/* The same where all ages are equal. */
static inline void wann_delay_all(wann_group *group, const wann_plant *plant,
                                  const wann_jobs *jobs, const wann_wires *wires)
{
    const int32_t age = jobs->disturbance->latency;
    const wann_floats *then = wires->sent[(wires->now + WANN_AGE_ROOM - age) % WANN_AGE_ROOM];
    for (int32_t i = 0; i < plant->actions; i++)
        WANN_EACH_BLOCK(b) {
            wann_mask is_early = wann_true(jobs->max_steps - group->left.integer[b] < age);
            wann_real rest = wann_constant(jobs->disturbance->output[i].rest);
            group->action[i].real[b] = wann_select(is_early, rest, then[i].real[b]);
        }
}

/* Replaces each lane's action by the one that its actuators apply. */
static inline void wann_drive(wann_group *group, const wann_plant *plant, const wann_jobs *jobs,
                              wann_wires *wires)
{
    wires->now = (wires->now + 1) % WANN_AGE_ROOM;
    for (int32_t i = 0; i < plant->actions; i++)
        wires->sent[wires->now][i] = group->action[i];
    if (jobs->disturbance->age == 0)
        wann_delay_all(group, plant, jobs, wires);
    else
        wann_delay_each(group, plant, jobs, wires);
    for (int32_t i = 0; i < plant->actions; i++)
        WANN_EACH_BLOCK(b)
            group->action[i].real[b] = wann_driven(&jobs->disturbance->output[i],
                                                   group->action[i].real[b]);
}

#endif
