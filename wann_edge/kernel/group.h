/* The lanes that run episodes side by side: the state of each, and the job that it takes next. */
#ifndef WANN_GROUP_H
#define WANN_GROUP_H

#include "fixed.h"
#include "jobs.h"
#include "network.h"
#include "plants/plant.h"

/* Access to an item as [WANN_BLOCKS] vectors and by lane. */
typedef union {
    wann_real real[WANN_BLOCKS];
    float lane[WANN_BLOCKS * WANN_LANES];
} wann_floats;

typedef union {
    wann_int integer[WANN_BLOCKS];
    wann_mask mask[WANN_BLOCKS];
    int32_t lane[WANN_BLOCKS * WANN_LANES];
} wann_integers;

/* Networks that run the same jobs.
 * fixed: [count] the network in fixed point, which runs in place of floats, or NULL. It ignores
 * the edge weights of jobs. */
typedef struct {
    int32_t count;
    const wann_network *const *net;
    const wann_fixed *const *fixed;
} wann_networks;

/* owner: the network that runs in each lane. present: the networks that run in any lane; `owners`
 * is their number. mark: the return when patience was last counted from. streak: the last steps in
 * a row with a held state. */
typedef struct {
    wann_floats state[WANN_STATE_ROOM], observation[WANN_PLANT_ROOM], action[WANN_PLANT_ROOM];
    wann_floats factor[WANN_PARAMETER_ROOM];
    wann_floats weight, total, mark, *edge_weight;
    wann_integers left, patience, running, owner, streak;
    int32_t job[WANN_BLOCKS * WANN_LANES];
    int32_t present[WANN_BLOCKS * WANN_LANES];
    int32_t owners, next_job, next_owner, active;
} wann_group;

/* Gives a lane the next job, or leaves it idle if there is none. */
static void wann_take_job(wann_group *group, int32_t networks, const wann_jobs *jobs, int32_t lane)
{
    group->running.lane[lane] = 0;
    if (group->next_owner == networks)
        return;
    int32_t job = group->next_job++;
    group->job[lane] = job;
    group->owner.lane[lane] = group->next_owner;
    if (group->next_job == jobs->count) {
        group->next_job = 0;
        group->next_owner++;
    }
    group->running.lane[lane] = -1;
    group->weight.lane[lane] = jobs->weight[job];
    group->total.lane[lane] = 0.0f;
    group->mark.lane[lane] = 0.0f;
    group->left.lane[lane] = jobs->max_steps;
    group->patience.lane[lane] = jobs->patience_steps;
    group->streak.lane[lane] = 0;
    for (int32_t i = 0; i < jobs->states; i++)
        group->state[i].lane[lane] = jobs->state[job * jobs->states + i];
    for (int32_t i = 0; i < jobs->edges; i++)
        group->edge_weight[i].lane[lane] = jobs->edge_weight[(int64_t)job * jobs->edges + i];
    if (jobs->disturbance != 0)
        for (int32_t i = 0; i < jobs->disturbance->parameters; i++)
            group->factor[i].lane[lane] =
                jobs->disturbance->factor[jobs->episode[job] * jobs->disturbance->parameters + i];
    group->active++;
}

static void wann_end_job(wann_group *group, const wann_plant *plant, const wann_jobs *jobs,
                         int32_t lane)
{
    int64_t written = (int64_t)group->owner.lane[lane] * jobs->count + group->job[lane];
    jobs->total[written] = group->total.lane[lane];
    /* The return shows it if the last observation is not finite. */
    for (int32_t i = 0; i < plant->observations; i++) {
        const float seen = group->observation[i].lane[lane], zero = seen - seen;
        if (!(zero == 0.0f))
            jobs->total[written] = zero;
    }
    jobs->steps[written] = jobs->max_steps - group->left.lane[lane];
    if (jobs->held != 0)
        jobs->held[written] = group->streak.lane[lane] >= plant->held_steps;
    group->active--;
}

static void wann_list_owners(wann_group *group)
{
    group->owners = 0;
    for (int32_t lane = 0; lane < WANN_BLOCKS * WANN_LANES; lane++) {
        int32_t owner = group->owner.lane[lane], at = 0;
        while (at < group->owners && group->present[at] != owner)
            at++;
        if (group->running.lane[lane] == 0 || at < group->owners)
            continue;
        group->present[group->owners++] = owner;
    }
}

#endif
