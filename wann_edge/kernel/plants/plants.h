/* One table of plants: the list, the names and the dispatch are made from it. */
#ifndef WANN_PLANTS_H
#define WANN_PLANTS_H

#include "swingup.h"

/* name, states, observations, actions */
#define WANN_PLANTS(X) X(swingup, 4, 5, 1)

#define WANN_PLANT(name, states, observations, actions) \
    {#name, states, observations, actions, name##_observe, name##_step},
static const wann_plant wann_plants[] = {WANN_PLANTS(WANN_PLANT)};
#undef WANN_PLANT

#endif
