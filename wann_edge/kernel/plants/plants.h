/* The table of native plants. The list, the names and the dispatch derive from it. */
#ifndef WANN_PLANTS_H
#define WANN_PLANTS_H

#include "acrobot.h"
#include "balancer.h"
#include "biped.h"
#include "cartpole.h"
#include "furuta.h"
#include "furuta_swingup.h"
#include "mountaincar.h"
#include "pendulum.h"
#include "quadrotor.h"
#include "swingup.h"

/* name, control period in seconds (0: a step has no duration in seconds), number of states, of
 * observations, of actions, names of the parameters, step with varied parameters, steps for which
 * an episode must be held at its end */
#define WANN_PLANTS(X) \
    X(swingup, SWINGUP_DT_S, 4, 5, 1, "cart_mass,pole_mass,pole_length,friction", swingup_varied, \
      200) \
    X(cartpole, CARTPOLE_DT_S, 4, 4, 1, "cart_mass,pole_mass,pole_length", cartpole_varied, 100) \
    X(pendulum, PENDULUM_DT_S, 2, 3, 1, "mass,length", pendulum_varied, 40) \
    X(mountaincar, 0.0f, 2, 2, 1, "", 0, 1) \
    X(acrobot, ACROBOT_DT_S, 4, 6, 1, "", 0, 1) \
    X(furuta, FURUTA_DT_S, 4, 4, 1, "arm_mass,arm_length,rod_mass,rod_length,friction", \
      furuta_varied, 200) \
    X(furuta_swingup, FURUTA_SWINGUP_DT_S, 4, 5, 1, \
      "arm_mass,arm_length,rod_mass,rod_length,friction", furuta_swingup_varied, 200) \
    X(balancer, BALANCER_DT_S, 4, 4, 1, "body_mass,body_height,friction", balancer_varied, 200) \
    X(quadrotor, QUADROTOR_DT_S, 6, 6, 2, "mass,inertia,arm_length", quadrotor_varied, 200) \
    X(biped, BIPED_DT_S, BIPED_STATES, 24, 4, "hull_mass,leg_mass,torque,friction", \
      biped_varied, 1)

#define WANN_PLANT(name, dt_s, states, observations, actions, parameters, varied, last) \
    {#name, dt_s, states, observations, actions, name##_observe, name##_step, parameters, varied, \
     name##_held, last},
static const wann_plant wann_plants[] = {WANN_PLANTS(WANN_PLANT)};
#undef WANN_PLANT

/* The compiler rejects a plant that exceeds the arrays of a step. */
#define WANN_PLANT(name, dt_s, states, observations, actions, parameters, varied, last) \
    typedef char name##_fits[(states) <= WANN_STATE_ROOM && (observations) <= WANN_PLANT_ROOM && \
                             (actions) <= WANN_PLANT_ROOM ? 1 : -1];
WANN_PLANTS(WANN_PLANT)
#undef WANN_PLANT

#define WANN_PLANT_COUNT ((int32_t)(sizeof wann_plants / sizeof wann_plants[0]))

#endif
