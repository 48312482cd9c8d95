/* Runs episodes in lanes. A lane whose episode ends takes the next job, of the same network or the
 * next, so that few lanes are idle. The result of a job does not depend on its lane. */
#ifndef WANN_ROLLOUT_H
#define WANN_ROLLOUT_H

#include "group.h"
#include "wires.h"

static void wann_observe(wann_group *group, const wann_plant *plant)
{
    WANN_EACH_BLOCK(b) {
        wann_real state[WANN_STATE_ROOM], observation[WANN_PLANT_ROOM];
        for (int32_t i = 0; i < plant->states; i++)
            state[i] = group->state[i].real[b];
        plant->observe(state, observation);
        for (int32_t i = 0; i < plant->observations; i++)
            group->observation[i].real[b] = observation[i];
    }
}

/* True where the last patience_steps steps earned too little. Such intervals follow one another
 * from the start of the episode. */
static inline wann_mask wann_is_spent(wann_group *group, const wann_jobs *jobs, int b)
{
    wann_int left = group->patience.integer[b] - 1;
    wann_mask ends = wann_true(left == 0);
    wann_real total = group->total.real[b], mark = group->mark.real[b];
    group->patience.integer[b] = (ends & jobs->patience_steps) | (~ends & left);
    group->mark.real[b] = wann_select(ends, total, mark);
    return ends & wann_true(total - mark < jobs->patience_reward);
}

/* Runs one control period in every lane. *over is true where an episode has ended. */
static inline void wann_step_plant(wann_group *group, const wann_plant *plant,
                                   const wann_jobs *jobs, int32_t is_varied, wann_integers *over)
{
    const int32_t is_full = group->active == WANN_BLOCKS * WANN_LANES;
    WANN_EACH_BLOCK(b) {
        wann_real state[WANN_STATE_ROOM], observation[WANN_PLANT_ROOM];
        wann_real action[WANN_PLANT_ROOM], reward;
        over->mask[b] = WANN_NEVER;
        if (!is_full && wann_any_lane(group->running.mask[b]) == 0)
            continue;
        for (int32_t i = 0; i < plant->states; i++)
            state[i] = group->state[i].real[b];
        for (int32_t i = 0; i < plant->observations; i++)
            observation[i] = group->observation[i].real[b];
        for (int32_t i = 0; i < plant->actions; i++)
            action[i] = group->action[i].real[b];
        wann_mask failed;
        if (is_varied) {
            wann_real factor[WANN_PARAMETER_ROOM];
            for (int32_t i = 0; i < WANN_PARAMETER_ROOM; i++)
                factor[i] = group->factor[i].real[b];
            failed = plant->varied(state, observation, action, &reward, factor);
        } else {
            failed = plant->step(state, observation, action, &reward);
        }
        for (int32_t i = 0; i < plant->states; i++)
            group->state[i].real[b] = state[i];
        for (int32_t i = 0; i < plant->observations; i++)
            group->observation[i].real[b] = observation[i];
        if (jobs->held != 0)
            group->streak.integer[b] =
                (group->streak.integer[b] + 1) & plant->held(state, observation);
        wann_real floor = wann_constant(jobs->reward_floor);
        group->total.real[b] = group->total.real[b] + wann_select(reward < floor, floor, reward);
        group->left.integer[b] = group->left.integer[b] - 1;
        failed = failed | wann_true(group->left.integer[b] == 0);
        if (jobs->patience_steps > 0)
            failed = failed | wann_is_spent(group, jobs, b);
        over->mask[b] = failed & group->running.mask[b];
    }
}

static inline int32_t wann_any(const wann_integers *mask)
{
    int32_t any = 0;
    WANN_EACH_BLOCK(b)
        any |= wann_any_lane(mask->mask[b]);
    return any;
}

/* Computes every lane's action from the observation that its controller receives. */
static inline void wann_act(wann_group *group, const wann_networks *networks,
                            const wann_real *lane_weight, const wann_real *shown,
                            wann_floats *value)
{
    wann_floats own[WANN_PLANT_ROOM];
    for (int32_t i = 0; i < group->owners; i++) {
        const int32_t n = group->present[i];
        const wann_network *net = networks->net[n];
        wann_real *action = group->owners == 1 ? group->action[0].real : own[0].real;
        if (networks->fixed[n] == 0)
            wann_forward(net, group->weight.real, lane_weight, shown, value->real, 0, action);
        else
            wann_fixed_forward(networks->fixed[n], group->weight.real, shown, (wann_word *)value,
                               0, action);
        if (group->owners == 1)
            return;
        for (int32_t o = 0; o < net->outputs; o++)
            WANN_EACH_BLOCK(b)
                group->action[o].real[b] = wann_select(wann_true(group->owner.integer[b] == n),
                                                       own[o].real[b], group->action[o].real[b]);
    }
}

static void wann_next_jobs(wann_group *group, int32_t networks, const wann_plant *plant,
                           const wann_jobs *jobs, const wann_integers *over)
{
    for (int32_t lane = 0; lane < WANN_BLOCKS * WANN_LANES; lane++)
        if (over->lane[lane] != 0) {
            wann_end_job(group, plant, jobs, lane);
            wann_take_job(group, networks, jobs, lane);
        }
    wann_list_owners(group);
}

/* value: room for 1 + inputs + computed of the largest network.
 * edge_weight: room for the edges of the jobs; with edges there is a single network. */
static void wann_rollouts(const wann_networks *networks, const wann_plant *plant,
                          const wann_jobs *jobs, wann_floats *value, wann_floats *edge_weight)
{
    wann_group group = {.edge_weight = edge_weight};
    wann_wires wires;
    const wann_real *lane_weight = jobs->edges > 0 ? edge_weight->real : 0;
    const int32_t is_disturbed = jobs->disturbance != 0;
    const int32_t is_varied = is_disturbed && jobs->disturbance->parameters > 0;
    const wann_real *shown = is_disturbed ? wires.seen[0].real : group.observation[0].real;
    wann_integers over;
    for (int32_t i = 0; i < jobs->edges; i++)
        edge_weight[i] = (wann_floats){.lane = {0}};  /* idle lanes compute with these too */
    if (is_disturbed)
        wires = (wann_wires){.now = 0};
    for (int32_t lane = 0; lane < WANN_BLOCKS * WANN_LANES; lane++)
        wann_take_job(&group, networks->count, jobs, lane);
    wann_list_owners(&group);
    wann_observe(&group, plant);
    while (group.active > 0) {
        if (is_disturbed)
            wann_sense(&group, plant, jobs, &wires);
        wann_act(&group, networks, lane_weight, shown, value);
        if (is_disturbed)
            wann_drive(&group, plant, jobs, &wires);
        wann_step_plant(&group, plant, jobs, is_varied, &over);
        if (wann_any(&over) == 0)
            continue;
        wann_next_jobs(&group, networks->count, plant, jobs, &over);
        wann_observe(&group, plant);
    }
}

#endif
