#ifndef WANN_JOBS_H
#define WANN_JOBS_H

#include "disturb.h"

/* Episodes to run: a job is a (shared weight, starting state) pair. If edges is not 0, it is the
 * number of the network's edges, and each job has its own edge weights. */
typedef struct {
    int32_t count, max_steps, states, edges;
    const float *weight;  /* [count] */
    const float *edge_weight;  /* [count][edges] */
    const float *state;   /* [count][states] */
    const int32_t *episode;  /* [count] index of the rows in the disturbance; unused if NULL */
    const wann_disturbance *disturbance;  /* NULL: none */
    float reward_floor;       /* the reward of a step is clamped from below to this */
    int32_t patience_steps;   /* an episode ends if it earns less than patience_reward in this
                               * many steps; 0: never */
    float patience_reward;
    float *total;         /* [count] receives the return: rewards summed in step order */
    int32_t *steps;       /* [count] receives the episode's length */
    int32_t *held;        /* [count] receives whether the episode is held; NULL: not asked */
} wann_jobs;

#endif
