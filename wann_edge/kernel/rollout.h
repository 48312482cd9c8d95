/* Runs episodes in lanes. A lane whose episode ends takes the next job, of the same network or the
 * next, so that few lanes are idle. The result of a job does not depend on its lane. */
#ifndef WANN_ROLLOUT_H
#define WANN_ROLLOUT_H

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
