/* The bodies of biped.h: reads them from a state, moves them, and writes them back. */
#ifndef WANN_BIPED_BODY_H
#define WANN_BIPED_BODY_H

#include "biped_ground.h"
#include "contact.h"

#define BIPED_DT_S 0.02f
#define BIPED_GRAVITY_MPS2 10.0f
#define BIPED_HULL_KG 5.42222261f
#define BIPED_HULL_M2 0.368741384f  /* radius of gyration, squared */
#define BIPED_HULL_X_M -0.0200364f  /* the hull's centre of mass from its origin */
#define BIPED_HULL_Y_M -0.00564664f
#define BIPED_LEGS_KGPM2 1.0f  /* mass per area */
#define BIPED_THIGH_M2 0.302222222f
#define BIPED_THIGH_M4 0.0341399200f  /* second moment of the area */
#define BIPED_SHIN_M2 0.241777778f
#define BIPED_SHIN_M4 0.0267961435f
#define BIPED_HIP_M 0.266666667f  /* below the hull's origin */
#define BIPED_LEG_M 0.566666667f  /* half the length of a thigh or shin */
#define BIPED_FOOT_M 0.106666667f  /* half a shin's width */
#define BIPED_KNEE_M 0.133333333f  /* half a thigh's width */
#define BIPED_MOTOR_NM 80.0f
#define BIPED_HIP_RADPS 4.0f
#define BIPED_KNEE_RADPS 6.0f
#define BIPED_REST_RAD 0.05f  /* the turn of a hip whose angle counts as 0 */
#define BIPED_FRICTION 0.707106781f  /* sqrt(2.5 * 0.2) */
#define BIPED_ITERATIONS 180  /* as in Box2D; standing on the stops of hip and knee needs them */
#define BIPED_MENDS 60  /* at most, as in Box2D */

enum { BIPED_HULL, BIPED_THIGH, BIPED_SHIN, BIPED_OTHER_THIGH, BIPED_OTHER_SHIN, BIPED_BODIES };
enum { BIPED_PINS = 4 };

/* The indices of hips and knees in the order in which Box2D solves them: from the last body to its
 * neighbours. */
static const int biped_turn[BIPED_PINS] = {2, 3, 1, 0};

/* The contacts of a leg: the corners of the shin, corners of the ground below the shin, the corners
 * of the thigh at the knee. */
enum {
    BIPED_CORNERS = 4,
    BIPED_SHIN_CORNERS = 3,
    BIPED_SHIN_CONTACTS = BIPED_CORNERS + BIPED_SHIN_CORNERS,
    BIPED_LEG_CONTACTS = BIPED_SHIN_CONTACTS + 2,
    BIPED_CONTACTS = 2 * BIPED_LEG_CONTACTS,
};

/* The layout of a state: bodies (x, y, angle, x', y', angle'), pins (impulses x, y, motor, limit),
 * contacts (impulses normal, tangent), for each shin whether it touches the ground and the first and
 * the last tile that it touches, the shaping of the last step, the heights of the ground. */
enum {
    BIPED_AT_PINS = 6 * BIPED_BODIES,
    BIPED_AT_CONTACTS = BIPED_AT_PINS + 4 * BIPED_PINS,
    BIPED_AT_TOUCH = BIPED_AT_CONTACTS + 2 * BIPED_CONTACTS,
    BIPED_AT_SHAPING = BIPED_AT_TOUCH + 6,
    BIPED_AT_HEIGHTS = BIPED_AT_SHAPING + 1,
    BIPED_STATES = BIPED_AT_HEIGHTS + BIPED_HEIGHTS,
};

/* Whether a shin touches the ground, and the first and the last tile that it touches. As in
 * gymnasium, true from the moment it begins to touch a tile, false from the moment it leaves one. */
typedef struct {
    wann_real feels, first, last;
} biped_felt;

typedef struct {
    rigid_body body[BIPED_BODIES];
    rigid_pin pin[BIPED_PINS];
    rigid_contact contact[BIPED_CONTACTS];
    rigid_contact *close[BIPED_CONTACTS];  /* contacts that touch in any lane */
    int closes;
    rigid_contact over[2 * BIPED_SHIN_CORNERS];  /* second contacts at corners of the ground */
    int overs;
    biped_felt felt[2];
    rigid_body before[2];  /* the shins */
} biped;

/* Reads a body from the state and adds the velocity of gravity. */
static inline void biped_read_body(const wann_real *from, wann_real kg, wann_real kgm2,
                                   rigid_body *body)
{
    *body = (rigid_body){
        .x = from[0], .y = from[1], .angle = from[2],
        .vx = from[3], .vy = from[4] - BIPED_DT_S * BIPED_GRAVITY_MPS2, .spin = from[5],
        .per_kg = 1.0f / kg, .per_kgm2 = 1.0f / kgm2,
    };
    rigid_turn(body);
}

static inline void biped_read_bodies(const wann_real *state, const wann_real *factor,
                                     rigid_body *body)
{
    wann_real hull = factor[0] * BIPED_HULL_KG, leg = factor[1] * BIPED_LEGS_KGPM2;
    biped_read_body(state, hull, hull * BIPED_HULL_M2, &body[BIPED_HULL]);
    for (int i = BIPED_THIGH; i < BIPED_BODIES; i += 2) {
        biped_read_body(state + 6 * i, leg * BIPED_THIGH_M2, leg * BIPED_THIGH_M4, &body[i]);
        biped_read_body(state + 6 * i + 6, leg * BIPED_SHIN_M2, leg * BIPED_SHIN_M4, &body[i + 1]);
    }
}

/* Positions, limits and motor speeds of hips and knees, alternating. */
static inline void biped_read_pin(const wann_real *from, wann_real wish, wann_real most_nms,
                                  int number, biped *walker)
{
    const int is_knee = number % 2;
    const wann_real none = wann_constant(0.0f);
    wann_real fast = wann_constant(is_knee ? BIPED_KNEE_RADPS : BIPED_HIP_RADPS);
    wann_real back = wann_select(wish < 0.0f, none - fast, none);
    walker->pin[biped_turn[number]] = (rigid_pin){
        .a = &walker->body[is_knee ? number : BIPED_HULL], .b = &walker->body[number + 1],
        .at_a = {is_knee ? 0.0f : -BIPED_HULL_X_M,
                 is_knee ? -BIPED_LEG_M : -BIPED_HIP_M - BIPED_HULL_Y_M},
        .at_b = {0.0f, BIPED_LEG_M},
        .rest_rad = is_knee ? 0.0f : number == 0 ? -BIPED_REST_RAD : BIPED_REST_RAD,
        .low_rad = is_knee ? -1.6f : -0.8f, .high_rad = is_knee ? -0.1f : 1.1f,
        .speed = wann_select(wish > 0.0f, fast, back), .most = wann_abs(wish) * most_nms,
        .pull_x = from[0], .pull_y = from[1], .motor = from[2], .limit = from[3],
    };
}

/* The corner of a body over the tile below it. */
static inline void biped_meet_tile(const wann_real *heights, rigid_contact *contact)
{
    wann_real rx, ry, x;
    rigid_arm(contact->body, contact->at, &rx, &ry);
    x = contact->body->x + rx;
    contact->tile = wann_to_real(
        biped_ground(heights, x, &contact->nx, &contact->ny, &contact->level));
}

/* The nearest to the shin of every third corner of the ground, so that a corner keeps its contact
 * and its impulses while the shin is above it. */
static inline void biped_meet_corner(const wann_real *heights, int third, rigid_contact *contact)
{
    const float threes_m = 3.0f * BIPED_TILE_M;
    const wann_real last = wann_constant(BIPED_HEIGHTS / 3 - 1.0f);
    wann_real threes = contact->body->x * (1.0f / threes_m) + (0.5f - (float)third / 3.0f);
    wann_int corner = 3 * wann_to_int(rigid_least(wann_relu(threes), last)) + third;
    contact->tile = wann_to_real(corner);
    contact->gx = contact->tile * BIPED_TILE_M;
    contact->gy = wann_pick(heights, corner);
    for (int i = 0; i < 2; i++) {
        wann_real inside = contact->gx + ((float)i - 0.5f) * BIPED_TILE_M, level;
        biped_ground(heights, inside, &contact->slope_x[i], &contact->slope_y[i], &level);
    }
}

/* Corners of thigh or shin, in halves of width and height; for corners of the ground the box. */
static const float biped_place[BIPED_LEG_CONTACTS][2] = {
    {-1, -1}, {1, -1}, {-1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {-1, -1}, {1, -1},
};

static inline void biped_read_contact(const wann_real *from, const wann_real *heights, int number,
                                      biped *walker)
{
    rigid_contact *contact = &walker->contact[number];
    const int leg = number / BIPED_LEG_CONTACTS, part = number % BIPED_LEG_CONTACTS;
    const int is_thigh = part >= BIPED_SHIN_CONTACTS;
    const int is_ground = !is_thigh && part >= BIPED_CORNERS;
    const float half_m = is_thigh ? BIPED_KNEE_M : BIPED_FOOT_M;
    *contact = (rigid_contact){
        .body = &walker->body[BIPED_THIGH + 2 * leg + !is_thigh], .is_ground = is_ground,
        .at = {biped_place[part][0] * half_m, biped_place[part][1] * BIPED_LEG_M},
        .normal = from[0], .tangent = from[1],
    };
    if (is_ground)
        biped_meet_corner(heights, part - BIPED_CORNERS, contact);
    else
        biped_meet_tile(heights, contact);
}

/* factor: of the hull's mass, the legs' mass and the motors' torque. */
static inline void biped_read(const wann_real *state, const wann_real *action,
                              const wann_real *factor, biped *walker)
{
    wann_real most_nms = factor[2] * (BIPED_MOTOR_NM * BIPED_DT_S);
    biped_read_bodies(state, factor, walker->body);
    for (int i = 0; i < BIPED_PINS; i++) {
        wann_real wish = wann_clamp(action[i], -1.0f, 1.0f);
        biped_read_pin(state + BIPED_AT_PINS + 4 * i, wish, most_nms, i, walker);
    }
    for (int i = 0; i < BIPED_CONTACTS; i++)
        biped_read_contact(state + BIPED_AT_CONTACTS + 2 * i, state + BIPED_AT_HEIGHTS, i, walker);
    for (int leg = 0; leg < 2; leg++) {
        const wann_real *from = state + BIPED_AT_TOUCH + 3 * leg;
        walker->felt[leg] = (biped_felt){.feels = from[0], .first = from[1], .last = from[2]};
        walker->before[leg] = *walker->contact[BIPED_LEG_CONTACTS * leg].body;
    }
}

static inline void biped_ready_contacts(biped *walker)
{
    walker->closes = 0;
    walker->overs = 0;
    for (int i = 0; i < BIPED_CONTACTS; i++) {
        rigid_contact *contact = &walker->contact[i];
        rigid_ready_contact(contact);
        if (wann_any_lane(contact->touches) == 0)
            continue;
        walker->close[walker->closes++] = contact;
        if (contact->is_ground)
            rigid_ready_over(&walker->over[walker->overs++], contact);
    }
}

static inline void biped_solve(biped *walker, wann_real friction)
{
    biped_ready_contacts(walker);
    for (int j = 0; j < BIPED_PINS; j++)
        rigid_ready_pin(&walker->pin[j]);
    for (int i = 0; i < BIPED_ITERATIONS; i++) {
        for (int j = 0; j < BIPED_PINS; j++)
            rigid_solve_pin(&walker->pin[j]);
        for (int j = 0; j < walker->closes; j++)
            rigid_solve_contact(walker->close[j], friction);
        for (int j = 0; j < walker->overs; j++)
            rigid_solve_contact(&walker->over[j], friction);
    }
    for (int i = 0; i < BIPED_BODIES; i++)
        rigid_move(&walker->body[i], BIPED_DT_S);
}

/* Corrects joints and overlaps, in each lane until they are within bounds. */
static inline void biped_mend(biped *walker)
{
    wann_mask busy = ~WANN_NEVER;
    for (int i = 0; i < BIPED_MENDS && wann_any_lane(busy) != 0; i++) {
        rigid_body before[BIPED_BODIES];
        wann_mask fine = ~WANN_NEVER;
        for (int j = 0; j < BIPED_BODIES; j++)
            before[j] = walker->body[j];
        for (int j = 0; j < walker->closes; j++)
            fine = fine & rigid_mend_contact(walker->close[j], RIGID_SHARE);
        for (int j = 0; j < BIPED_PINS; j++)
            fine = fine & rigid_mend_pin(&walker->pin[j]);
        for (int j = 0; j < BIPED_BODIES; j++)
            rigid_keep(&walker->body[j], &before[j], busy);
        busy = busy & ~fine;
    }
}

static inline void biped_write(const biped *walker, wann_real *state)
{
    for (int i = 0; i < BIPED_BODIES; i++) {
        const rigid_body *body = &walker->body[i];
        const wann_real part[] = {body->x, body->y, body->angle, body->vx, body->vy, body->spin};
        for (int k = 0; k < 6; k++)
            state[6 * i + k] = part[k] + 0.0f;  /* + 0 turns the -0 of an idle contact into 0 */
    }
    for (int i = 0; i < BIPED_PINS; i++) {
        wann_real *to = state + BIPED_AT_PINS + 4 * i;
        const rigid_pin *pin = &walker->pin[biped_turn[i]];
        to[0] = pin->pull_x;
        to[1] = pin->pull_y;
        to[2] = pin->motor;
        to[3] = pin->limit;
    }
    for (int i = 0; i < BIPED_CONTACTS; i++) {
        state[BIPED_AT_CONTACTS + 2 * i] = walker->contact[i].normal;
        state[BIPED_AT_CONTACTS + 2 * i + 1] = walker->contact[i].tangent;
    }
    for (int leg = 0; leg < 2; leg++) {
        wann_real *to = state + BIPED_AT_TOUCH + 3 * leg;
        to[0] = walker->felt[leg].feels;
        to[1] = walker->felt[leg].first;
        to[2] = walker->felt[leg].last;
    }
}

#endif
