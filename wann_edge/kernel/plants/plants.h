/* One table of plants: the list, the names and the dispatch are made from it. */
#ifndef WANN_PLANTS_H
#define WANN_PLANTS_H

#include "acrobot.h"
#include "balancer.h"
#include "biped.h"
#include "cartpole.h"
#include "furuta.h"
#include "mountaincar.h"
#include "pendulum.h"
#include "quadrotor.h"
#include "swingup.h"

/* name, states, observations, actions, parameters, step with factors of them */
#define WANN_PLANTS(X) \
    X(swingup, 4, 5, 1, "cart_mass,pole_mass,pole_length,friction", swingup_varied) \
    X(cartpole, 4, 4, 1, "cart_mass,pole_mass,pole_length", cartpole_varied) \
    X(pendulum, 2, 3, 1, "mass,length", pendulum_varied) \
    X(mountaincar, 2, 2, 1, "", 0) \
    X(acrobot, 4, 6, 1, "", 0) \
    X(furuta, 4, 4, 1, "arm_mass,arm_length,rod_mass,rod_length,friction", furuta_varied) \
    X(balancer, 4, 4, 1, "body_mass,body_height,friction", balancer_varied) \
    X(quadrotor, 6, 6, 2, "mass,inertia,arm_length", quadrotor_varied) \
    X(biped, BIPED_STATES, 24, 4, "hull_mass,leg_mass,torque,friction", biped_varied)

#define WANN_PLANT(name, states, observations, actions, parameters, varied) \
    {#name, states, observations, actions, name##_observe, name##_step, parameters, varied},
static const wann_plant wann_plants[] = {WANN_PLANTS(WANN_PLANT)};
#undef WANN_PLANT

/* No compiler takes a plant that a step has no room for. */
#define WANN_PLANT(name, states, observations, actions, parameters, varied) \
    typedef char name##_fits[(states) <= WANN_STATE_ROOM && (observations) <= WANN_PLANT_ROOM && \
                             (actions) <= WANN_PLANT_ROOM ? 1 : -1];
WANN_PLANTS(WANN_PLANT)
#undef WANN_PLANT

#define WANN_PLANT_COUNT ((int32_t)(sizeof wann_plants / sizeof wann_plants[0]))

#endif
