#ifndef WANN_JOBS_H
#define WANN_JOBS_H

#include <stdint.h>

/* Episodes to run: a job is one (shared weight, starting state) pair. */
typedef struct {
    int32_t count, max_steps, states;
    const float *weight;  /* [count] */
    const float *state;   /* [count][states] */
    float *total;         /* [count] receives the return: rewards summed in step order */
    int32_t *steps;       /* [count] receives the episode's length */
} wann_jobs;

#endif
