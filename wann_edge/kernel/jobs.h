#ifndef WANN_JOBS_H
#define WANN_JOBS_H

#include "disturb.h"

/* Episodes to run: a job is one (shared weight, starting state) pair, with edge weights of its
 * own where edges is not 0: then it is the number of the network's edges. */
typedef struct {
    int32_t count, max_steps, states, edges;
    const float *weight;  /* [count] */
    const float *edge_weight;  /* [count][edges] */
    const float *state;   /* [count][states] */
    const int32_t *episode;  /* [count] each job's rows in the disturbance; unused without one */
    const wann_disturbance *disturbance;  /* NULL: none */
    float reward_floor;       /* a step's reward counts as no less */
    int32_t patience_steps;   /* so many steps that bring less than this end an episode; 0: never */
    float patience_reward;
    float *total;         /* [count] receives the return: rewards summed in step order */
    int32_t *steps;       /* [count] receives the episode's length */
} wann_jobs;

#endif
