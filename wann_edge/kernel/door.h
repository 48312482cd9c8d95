/* The functions that the library exports. They take plain arrays, which the caller owns, and
 * never allocate memory. All that compute with floats do so in IEEE mode, whatever mode the
 * caller is in, and restore the caller's (float_mode.h). */
#ifndef WANN_DOOR_H
#define WANN_DOOR_H

#include "fixed.h"
#include "network.h"
#include "jobs.h"

/* The kernel compiled for one lane width. */
typedef struct {
    int32_t lanes;
    uint64_t bytes_per_value;  /* scratch memory per node, input, output, sum and edge of a job */
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

/* The thread's floating-point mode; wann_set_mode returns the mode before. */
uint64_t wann_ieee_mode(void);
uint64_t wann_set_mode(uint64_t mode);

int32_t wann_supports(int32_t lanes);

/* The hash of the C files that this library was compiled from; empty where setup.py did not. */
const char *wann_sources(void);
const char *wann_activation_name(int32_t activation);
const char *wann_plant_name(int32_t plant);

/* A plant is passed as the address of its wann_plant, compiled for the lane width that runs it.
 * The functions wann_plant_*, which have no lane width, need the one compiled for 1 lane. */
const void *wann_native_plant(int32_t lanes, int32_t plant);
void wann_plant_sizes(const void *plant, int32_t *states, int32_t *observations,
                      int32_t *actions);
/* The control period in seconds; 0 for a plant whose steps have no duration. */
float wann_plant_dt_s(const void *plant);

/* Size of the scratch memory for forward and rollouts, which must be aligned to 64 bytes.
 * edges: as in wann_jobs. */
uint64_t wann_scratch_bytes(int32_t lanes, const wann_network *net, int32_t edges);

void wann_run_activation(int32_t lanes, int32_t activation, int32_t count, const float *x,
                         float *y);
void wann_run_forward(int32_t lanes, const wann_network *net, int32_t count, const float *weight,
                      const float *observation, float *action, float *sum, void *scratch);
/* Every network runs the same jobs; totals and steps are [networks][count].
 * fixed: [networks] the network in fixed point, which runs in place of floats, or NULL.
 * Jobs with edge weights take a single network. */
void wann_run_rollouts(int32_t lanes, int32_t networks, const wann_network *const *net,
                       const wann_fixed *const *fixed, const void *plant, const wann_jobs *jobs,
                       void *scratch);

/* Fixed point. Activations and the walk take and return words; forward takes and returns floats,
 * and its sums are words. */
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
/* Names of the plant's parameters, separated by commas; "" if it has none. */
const char *wann_plant_parameters(const void *plant);
/* The number of steps for which an episode must be held at its end; 0: the plant does not say when
 * it is held. */
int32_t wann_plant_held_steps(const void *plant);
/* Whether a plant that says so is held in a state with its observation. */
int32_t wann_plant_held(const void *plant, const float *state, const float *observation);
/* Steps a plant that has parameters, each multiplied by its factor. */
int32_t wann_plant_step_varied(const void *plant, float *state, float *observation,
                               const float *action, float *reward, const float *factor);

/* Links of genomes, packed as in links.c.
 * wann_wire writes the enabled links from which a marked node is reached, and returns their number.
 * It marks the nodes on the way, and numbers nodes as if only marked ones existed.
 * edges: room for count + nodes. */
int32_t wann_wire(int32_t count, const int32_t *links, const char *enabled, int32_t nodes,
                  char *marked, int32_t *edges);
/* Converts packed edges to edge_end and source of a wann_network. */
void wann_edge_ends(int32_t count, const int32_t *edges, int32_t first, int32_t computed,
                    int32_t *ends, int32_t *sources);
/* Renumbers links to make room for a new node: numbers from new_node on increase by 1. */
void wann_make_room(int32_t count, const int32_t *links, int32_t new_node, int32_t *moved);
/* Writes the layer of each node: the length of the longest path to it. */
void wann_find_layers(int32_t count, const int32_t *links, int32_t inputs, int32_t hidden,
                      int32_t outputs, int32_t *layer);
/* Writes the nodes in later layers to which the source has no link, and returns their number.
 * targets: room for 2 * nodes + 1. */
int32_t wann_find_targets(int32_t count, const int32_t *links, int32_t source, int32_t nodes,
                          const int32_t *layer, int32_t *targets);

#endif
