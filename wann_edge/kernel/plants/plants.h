/* One table of plants: the list, the names and the dispatch are made from it. */
#ifndef WANN_PLANTS_H
#define WANN_PLANTS_H

#include "acrobot.h"
#include "balancer.h"
#include "cartpole.h"
#include "furuta.h"
#include "mountaincar.h"
#include "pendulum.h"
#include "quadrotor.h"
#include "swingup.h"

/* name, states, observations, actions */
#define WANN_PLANTS(X) \
    X(swingup, 4, 5, 1) \
    X(cartpole, 4, 4, 1) \
    X(pendulum, 2, 3, 1) \
    X(mountaincar, 2, 2, 1) \
    X(acrobot, 4, 6, 1) \
    X(furuta, 4, 4, 1) \
    X(balancer, 4, 4, 1) \
    X(quadrotor, 6, 6, 2)

#define WANN_PLANT(name, states, observations, actions) \
    {#name, states, observations, actions, name##_observe, name##_step},
static const wann_plant wann_plants[] = {WANN_PLANTS(WANN_PLANT)};
#undef WANN_PLANT

#define WANN_PLANT_COUNT ((int32_t)(sizeof wann_plants / sizeof wann_plants[0]))

#endif
