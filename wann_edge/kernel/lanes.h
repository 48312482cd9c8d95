/* The functions of door.h for one lane width. Each lanes_N.c sets WANN_LANES and includes this
 * file. Callers pass plain arrays with one row per item; this file packs the rows into lanes. */

#include "isa.h"

#define WANN_BLOCKS 3
#include "door.h"
#include "plants/plants.h"
#include "rollout.h"

#define WANN_GROUP (WANN_BLOCKS * WANN_LANES)
#define WANN_JOIN(a, b) a##b
#define WANN_TABLE_OF(lanes) WANN_JOIN(wann_lanes_, lanes)

/* Loads WANN_GROUP rows of [count][width] from row `first` on; past the end, the last row. */
static void wann_load(const float *rows, int32_t first, int32_t count, int32_t width,
                      wann_floats *items)
{
    for (int32_t lane = 0; lane < WANN_GROUP; lane++) {
        int32_t row = first + lane < count ? first + lane : count - 1;
        for (int32_t i = 0; i < width; i++)
            items[i].lane[lane] = rows[(int64_t)row * width + i];
    }
}

static void wann_store(const wann_floats *items, int32_t first, int32_t count, int32_t width,
                       float *rows)
{
    for (int32_t lane = 0; lane < WANN_GROUP && first + lane < count; lane++)
        for (int32_t i = 0; i < width; i++)
            rows[(int64_t)(first + lane) * width + i] = items[i].lane[lane];
}

static void lanes_activate(int32_t activation, int32_t count, const float *x, float *y)
{
    wann_floats in, out;
    for (int32_t first = 0; first < count; first += WANN_GROUP) {
        wann_load(x, first, count, 1, &in);
        wann_activate(activation, in.real, out.real);
        wann_store(&out, first, count, 1, y);
    }
}

static void lanes_forward(const wann_network *net, int32_t count, const float *weight,
                          const float *observation, float *action, float *sum, void *scratch)
{
    wann_floats *value = scratch, *in = value + 1 + net->inputs + net->computed;
    wann_floats *out = in + net->inputs, *sums = out + net->outputs, shared;
    for (int32_t first = 0; first < count; first += WANN_GROUP) {
        wann_load(weight, first, count, 1, &shared);
        wann_load(observation, first, count, net->inputs, in);
        wann_forward(net, shared.real, 0, in->real, value->real, sum == 0 ? 0 : sums->real,
                     out->real);
        wann_store(out, first, count, net->outputs, action);
        if (sum != 0)
            wann_store(sums, first, count, net->computed, sum);
    }
}

static void wann_load_words(const int32_t *rows, int32_t first, int32_t count, int32_t width,
                            wann_integers *items)
{
    for (int32_t lane = 0; lane < WANN_GROUP; lane++) {
        int32_t row = first + lane < count ? first + lane : count - 1;
        for (int32_t i = 0; i < width; i++)
            items[i].lane[lane] = rows[(int64_t)row * width + i];
    }
}

static void wann_store_words(const wann_integers *items, int32_t first, int32_t count,
                             int32_t width, int32_t *rows)
{
    for (int32_t lane = 0; lane < WANN_GROUP && first + lane < count; lane++)
        for (int32_t i = 0; i < width; i++)
            rows[(int64_t)(first + lane) * width + i] = items[i].lane[lane];
}

static void lanes_fixed_activate(int32_t wide, int32_t activation, int32_t count,
                                 const int32_t *x, int32_t *y)
{
    wann_integers in, out;
    for (int32_t first = 0; first < count; first += WANN_GROUP) {
        wann_load_words(x, first, count, 1, &in);
        wann_fixed_activate(wide, activation, in.integer, out.integer);
        wann_store_words(&out, first, count, 1, y);
    }
}

static void lanes_fixed_walk(const wann_fixed *fixed, int32_t count, const int32_t *weight,
                             const int32_t *observation, int32_t *action, void *scratch)
{
    const wann_network *net = fixed->net;
    wann_integers *value = scratch, *out = value + 1 + net->inputs + net->computed, shared;
    for (int32_t first = 0; first < count; first += WANN_GROUP) {
        wann_load_words(weight, first, count, 1, &shared);
        wann_load_words(observation, first, count, net->inputs, value + 1);
        wann_fixed_walk(fixed, shared.integer, value->integer, 0);
        for (int32_t o = 0; o < net->outputs; o++)
            WANN_EACH_BLOCK(b)
                out[o].integer[b] = wann_fixed_action(fixed, value->integer, o, b);
        wann_store_words(out, first, count, net->outputs, action);
    }
}

static void lanes_fixed_forward(const wann_fixed *fixed, int32_t count, const float *weight,
                                const float *observation, float *action, int32_t *sum,
                                void *scratch)
{
    const wann_network *net = fixed->net;
    wann_integers *value = scratch, *sums = value + 1 + net->inputs + net->computed;
    wann_floats *in = (wann_floats *)(sums + net->computed), *out = in + net->inputs, shared;
    for (int32_t first = 0; first < count; first += WANN_GROUP) {
        wann_load(weight, first, count, 1, &shared);
        wann_load(observation, first, count, net->inputs, in);
        wann_fixed_forward(fixed, shared.real, in->real, value->integer, sums->integer,
                           out->real);
        wann_store(out, first, count, net->outputs, action);
        wann_store_words(sums, first, count, net->computed, sum);
    }
}

static const void *lanes_plant(int32_t plant)
{
    return &wann_plants[plant];
}

/* Networks share lanes if the plant has many states, because it then takes more time than they. */
static void lanes_rollouts(int32_t networks, const wann_network *const *net,
                           const wann_fixed *const *fixed, const void *plant,
                           const wann_jobs *jobs, void *scratch)
{
    const int32_t together = ((const wann_plant *)plant)->states > WANN_PLANT_ROOM ? networks : 1;
    wann_floats *value = scratch, *edge_weight = value + 1 + net[0]->inputs + net[0]->computed;
    wann_jobs next = *jobs;
    for (int32_t i = 0; i < networks; i += together) {
        wann_rollouts(&(wann_networks){together, net + i, fixed + i}, plant, &next, value,
                      edge_weight);
        next.total += (int64_t)together * jobs->count;
        next.steps += (int64_t)together * jobs->count;
        if (next.held != 0)
            next.held += (int64_t)together * jobs->count;
    }
}

const wann_lanes WANN_TABLE_OF(WANN_LANES) = {
    WANN_LANES, sizeof(wann_floats), lanes_activate, lanes_forward, lanes_plant, lanes_rollouts,
    lanes_fixed_activate, lanes_fixed_walk, lanes_fixed_forward,
};

#include "isa_end.h"
