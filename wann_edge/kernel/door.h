/* What the library offers to its callers: every function takes plain arrays that
 * the caller owns, and never allocates. */
#ifndef WANN_DOOR_H
#define WANN_DOOR_H

#include "fixed.h"
#include "network.h"
#include "jobs.h"

/* The kernel compiled for one lane width. */
typedef struct {
    int32_t lanes;
    uint64_t bytes_per_value;  /* of scratch memory: a node, input, output, sum, job's edge */
    void (*activate)(int32_t activation, int32_t count, const float *x, float *y);
    void (*forward)(const wann_network *net, int32_t count, const float *weight,
                    const float *observation, float *action, float *sum, void *scratch);
    const void *(*plant)(int32_t plant);
    void (*rollouts)(int32_t networks, const wann_network *const *net,
                     const wann_fixed *const *fixed, const void *plant, const wann_jobs *jobs,
                     void *scratch);
    void (*fixed_activate)(int32_t wide, int32_t activation, int32_t count, const int32_t *x,
                           int32_t *y);
    void (*fixed_walk)(const wann_fixed *fixed, int32_t count, const int32_t *weight,
                       const int32_t *observation, int32_t *action, void *scratch);
    void (*fixed_forward)(const wann_fixed *fixed, int32_t count, const float *weight,
                          const float *observation, float *action, int32_t *sum, void *scratch);
} wann_lanes;

extern const wann_lanes wann_lanes_1;
extern const wann_lanes wann_lanes_4;
extern const wann_lanes wann_lanes_8;
extern const wann_lanes wann_lanes_16;

int32_t wann_supports(int32_t lanes);
const char *wann_activation_name(int32_t activation);
const char *wann_plant_name(int32_t plant);

/* A plant is handed over as the address of its wann_plant, compiled for the lane width that
 * runs it; observe, step and sizes take the one of 1 lane. */
const void *wann_native_plant(int32_t lanes, int32_t plant);
void wann_plant_sizes(const void *plant, int32_t *states, int32_t *observations,
                      int32_t *actions);
/* The control period in seconds; 0 for a plant whose steps have no duration. */
float wann_plant_dt_s(const void *plant);

/* Scratch memory, aligned to 64 bytes, that forward and rollouts need; edges: those of the jobs. */
uint64_t wann_scratch_bytes(int32_t lanes, const wann_network *net, int32_t edges);

void wann_run_activation(int32_t lanes, int32_t activation, int32_t count, const float *x,
                         float *y);
void wann_run_forward(int32_t lanes, const wann_network *net, int32_t count, const float *weight,
                      const float *observation, float *action, float *sum, void *scratch);
/* Each network runs the same jobs, and writes its totals and steps behind those of the one
 * before. fixed: each network's NULL, or what it is in fixed point, to run in place of floats.
 * Jobs with edge weights of their own are for one network. */
void wann_run_rollouts(int32_t lanes, int32_t networks, const wann_network *const *net,
                       const wann_fixed *const *fixed, const void *plant, const wann_jobs *jobs,
                       void *scratch);

/* In fixed point: activations and the walk on words; forward on floats, its sums words. */
void wann_run_fixed_activation(int32_t lanes, int32_t wide, int32_t activation, int32_t count,
                               const int32_t *x, int32_t *y);
void wann_run_fixed_walk(int32_t lanes, const wann_fixed *fixed, int32_t count,
                         const int32_t *weight, const int32_t *observation, int32_t *action,
                         void *scratch);
void wann_run_fixed_forward(int32_t lanes, const wann_fixed *fixed, int32_t count,
                            const float *weight, const float *observation, float *action,
                            int32_t *sum, void *scratch);

void wann_plant_observe(const void *plant, const float *state, float *observation);
int32_t wann_plant_step(const void *plant, float *state, float *observation, const float *action,
                        float *reward);
/* Names of the plant's parameters, with commas; "" where it has none. */
const char *wann_plant_parameters(const void *plant);
/* Of a plant with parameters: step, each multiplied by its factor. */
int32_t wann_plant_step_varied(const void *plant, float *state, float *observation,
                               const float *action, float *reward, const float *factor);

/* Links of genomes, see links.c. wire: those enabled that lead to marked nodes, or to where one is
 * reached from, which are marked too; numbered as if there were no other nodes. edges: room for
 * count + nodes. */
int32_t wann_wire(int32_t count, const int32_t *links, const char *enabled, int32_t nodes,
                  char *marked, int32_t *edges);
/* Edges as a wann_network has them. */
void wann_edge_ends(int32_t count, const int32_t *edges, int32_t first, int32_t computed,
                    int32_t *ends, int32_t *sources);
/* Nodes from this number on are one further. */
void wann_make_room(int32_t count, const int32_t *links, int32_t new_node, int32_t *moved);
/* The longest path to each node. */
void wann_find_layers(int32_t count, const int32_t *links, int32_t inputs, int32_t hidden,
                      int32_t outputs, int32_t *layer);
/* Nodes of later layers that the source has no link to. targets: room for 2 * nodes + 1. */
int32_t wann_find_targets(int32_t count, const int32_t *links, int32_t source, int32_t nodes,
                          const int32_t *layer, int32_t *targets);

#endif
