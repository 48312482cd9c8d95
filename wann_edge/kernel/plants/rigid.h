/* Planar rigid bodies with pins and contacts, solved as in Box2D: velocities by sequential
 * impulses, which start from those of the last step, then positions by nonlinear Gauss-Seidel
 * (Catto 2006, "Fast and simple physics using sequential impulses"; names and limits of Box2D 2.3).
 * SI units; angles are counter-clockwise. A position is that of the centre of mass. */
#ifndef WANN_RIGID_H
#define WANN_RIGID_H

#include "plant.h"

#define RIGID_SLOP_M 0.005f  /* b2_linearSlop */
#define RIGID_SLOP_RAD 0.0349065850f  /* b2_angularSlop: 2 degrees */
#define RIGID_MOST_RAD 0.139626340f  /* b2_maxAngularCorrection: 8 degrees */
#define RIGID_UNBOUNDED 1e9f

typedef struct {
    wann_real x, y, angle, vx, vy, spin;  /* m, rad, m/s, rad/s */
    wann_real cosine, sine;
    wann_real per_kg, per_kgm2;
} rigid_body;

/* A pin between two bodies, with a motor and limits of the angle. */
typedef struct {
    rigid_body *a, *b;
    float at_a[2], at_b[2];  /* the pin in each body's frame, from its centre of mass, m */
    float rest_rad, low_rad, high_rad;  /* the zero of the angle, and its limits from there */
    wann_real speed, most;  /* of the motor: rad/s, and N m s per step */
    wann_real pull_x, pull_y, motor, limit;  /* accumulated impulses, N s and N m s */
    wann_real ax, ay, bx, by;  /* from each centre of mass to the pin, in world axes */
    wann_real k11, k12, k22, turn;  /* effective masses of the pin and of a turn */
    wann_real hold_x, hold_y;  /* the pull per unit of the limit's impulse */
    wann_real stop;  /* as turn, for pinned bodies */
    wann_real limit_low, limit_high;  /* bounds of the limit's impulse */
} rigid_pin;

WANN_INLINE wann_real rigid_least(wann_real x, wann_real y)
{
    return wann_select(x < y, x, y);
}

WANN_INLINE wann_real rigid_most(wann_real x, wann_real y)
{
    return wann_select(x > y, x, y);
}

WANN_INLINE wann_real rigid_within(wann_real x, wann_real low, wann_real high)
{
    return rigid_least(rigid_most(x, low), high);
}

WANN_INLINE void rigid_turn(rigid_body *body)
{
    body->cosine = wann_cos_rad(body->angle);
    body->sine = wann_sin_rad(body->angle);
}

/* Rotate by a small angle without sine and cosine; the error is 2e-9 at 8 degrees. */
WANN_INLINE void rigid_rotate(rigid_body *body, wann_real by_rad)
{
    const wann_real square = by_rad * by_rad, c = body->cosine, s = body->sine;
    wann_real cosine = 1.0f - square * (0.5f - square * (1.0f / 24.0f));
    wann_real sine = by_rad * (1.0f - square * (1.0f / 6.0f - square * (1.0f / 120.0f)));
    body->cosine = c * cosine - s * sine;
    body->sine = s * cosine + c * sine;
    body->angle = body->angle + by_rad;
}

/* A point of the body's frame in world axes, from the centre of mass. */
WANN_INLINE void rigid_arm(const rigid_body *body, const float *at, wann_real *x, wann_real *y)
{
    *x = body->cosine * at[0] - body->sine * at[1];
    *y = body->sine * at[0] + body->cosine * at[1];
}

WANN_INLINE void rigid_push(rigid_body *body, wann_real rx, wann_real ry, wann_real px, wann_real py)
{
    body->vx = body->vx + px * body->per_kg;
    body->vy = body->vy + py * body->per_kg;
    body->spin = body->spin + (rx * py - ry * px) * body->per_kgm2;
}

WANN_INLINE void rigid_shift(rigid_body *body, wann_real rx, wann_real ry, wann_real px, wann_real py)
{
    body->x = body->x + px * body->per_kg;
    body->y = body->y + py * body->per_kg;
    rigid_rotate(body, (rx * py - ry * px) * body->per_kgm2);
}

WANN_INLINE void rigid_place_pin(rigid_pin *pin)
{
    const rigid_body *a = pin->a, *b = pin->b;
    rigid_arm(a, pin->at_a, &pin->ax, &pin->ay);
    rigid_arm(b, pin->at_b, &pin->bx, &pin->by);
    wann_real per_kg = a->per_kg + b->per_kg;
    wann_real k11 = per_kg + pin->ay * pin->ay * a->per_kgm2 + pin->by * pin->by * b->per_kgm2;
    wann_real k12 = 0.0f - pin->ay * pin->ax * a->per_kgm2 - pin->by * pin->bx * b->per_kgm2;
    wann_real k22 = per_kg + pin->ax * pin->ax * a->per_kgm2 + pin->bx * pin->bx * b->per_kgm2;
    wann_real per_determinant = 1.0f / (k11 * k22 - k12 * k12);
    pin->k11 = k22 * per_determinant;
    pin->k12 = 0.0f - k12 * per_determinant;
    pin->k22 = k11 * per_determinant;
}

/* The impulse that cancels the relative velocity of the pin; for shifts, a distance. */
WANN_INLINE void rigid_undo(const rigid_pin *pin, wann_real x, wann_real y, wann_real *px,
                            wann_real *py)
{
    *px = 0.0f - (pin->k11 * x + pin->k12 * y);
    *py = 0.0f - (pin->k12 * x + pin->k22 * y);
}

WANN_INLINE void rigid_pull(rigid_pin *pin, wann_real px, wann_real py)
{
    rigid_push(pin->a, pin->ax, pin->ay, 0.0f - px, 0.0f - py);
    rigid_push(pin->b, pin->bx, pin->by, px, py);
}

WANN_INLINE void rigid_twist(rigid_pin *pin, wann_real impulse)
{
    pin->a->spin = pin->a->spin - impulse * pin->a->per_kgm2;
    pin->b->spin = pin->b->spin + impulse * pin->b->per_kgm2;
}

/* Pin and limit act together: the limit's part of the 3 x 3 matrix of b2RevoluteJoint, with the
 * pin's part eliminated. */
WANN_INLINE void rigid_place_limit(rigid_pin *pin)
{
    const rigid_body *a = pin->a, *b = pin->b;
    wann_real x = 0.0f - pin->ay * a->per_kgm2 - pin->by * b->per_kgm2;
    wann_real y = pin->ax * a->per_kgm2 + pin->bx * b->per_kgm2;
    rigid_undo(pin, x, y, &pin->hold_x, &pin->hold_y);
    pin->stop = 1.0f / (a->per_kgm2 + b->per_kgm2 + x * pin->hold_x + y * pin->hold_y);
}

/* Prepares a step: effective masses, the active limit, and the impulses of the last step. */
WANN_INLINE void rigid_ready_pin(rigid_pin *pin)
{
    const wann_real none = wann_constant(0.0f);
    rigid_place_pin(pin);
    rigid_place_limit(pin);
    pin->turn = 1.0f / (pin->a->per_kgm2 + pin->b->per_kgm2);
    wann_real angle = pin->b->angle - pin->a->angle - pin->rest_rad;
    pin->limit_high = wann_select(angle <= pin->low_rad, wann_constant(RIGID_UNBOUNDED), none);
    pin->limit_low = wann_select(angle >= pin->high_rad, wann_constant(0.0f - RIGID_UNBOUNDED), none);
    pin->limit = rigid_within(pin->limit, pin->limit_low, pin->limit_high);
    rigid_pull(pin, pin->pull_x, pin->pull_y);
    rigid_twist(pin, pin->motor + pin->limit);
}

WANN_INLINE void rigid_solve_pin(rigid_pin *pin)
{
    rigid_body *a = pin->a, *b = pin->b;
    wann_real motor = pin->motor - (b->spin - a->spin - pin->speed) * pin->turn;
    motor = rigid_within(motor, 0.0f - pin->most, pin->most);
    rigid_twist(pin, motor - pin->motor);
    pin->motor = motor;
    wann_real vx = b->vx - b->spin * pin->by - a->vx + a->spin * pin->ay;
    wann_real vy = b->vy + b->spin * pin->bx - a->vy - a->spin * pin->ax;
    wann_real turning = b->spin - a->spin + pin->hold_x * vx + pin->hold_y * vy;
    wann_real limit = rigid_within(pin->limit - turning * pin->stop, pin->limit_low, pin->limit_high);
    wann_real change = limit - pin->limit, px, py;
    rigid_undo(pin, vx, vy, &px, &py);
    px = px + pin->hold_x * change;
    py = py + pin->hold_y * change;
    rigid_pull(pin, px, py);
    rigid_twist(pin, change);
    pin->limit = limit;
    pin->pull_x = pin->pull_x + px;
    pin->pull_y = pin->pull_y + py;
}

/* Corrects an angle that was past its limit at the start of the step, then the gap of the pin.
 * Returns whether both errors were within the slop. */
WANN_INLINE wann_mask rigid_mend_pin(rigid_pin *pin)
{
    rigid_body *a = pin->a, *b = pin->b;
    const wann_real none = wann_constant(0.0f);
    wann_real angle = b->angle - a->angle - pin->rest_rad;
    wann_real under = wann_clamp(angle - pin->low_rad + RIGID_SLOP_RAD, 0.0f - RIGID_MOST_RAD, 0.0f);
    wann_real over = wann_clamp(angle - pin->high_rad - RIGID_SLOP_RAD, 0.0f, RIGID_MOST_RAD);
    under = wann_select(pin->limit_high > 0.0f, under, none);
    over = wann_select(pin->limit_low < 0.0f, over, none);
    wann_real turn = (under + over) * pin->turn;
    rigid_rotate(a, turn * a->per_kgm2);
    rigid_rotate(b, 0.0f - turn * b->per_kgm2);
    rigid_place_pin(pin);
    wann_real x = b->x + pin->bx - a->x - pin->ax, y = b->y + pin->by - a->y - pin->ay;
    wann_real px, py;
    rigid_undo(pin, x, y, &px, &py);
    rigid_shift(a, pin->ax, pin->ay, 0.0f - px, 0.0f - py);
    rigid_shift(b, pin->bx, pin->by, px, py);
    return wann_true(x * x + y * y <= RIGID_SLOP_M * RIGID_SLOP_M) &
           wann_true(under + over == 0.0f);
}

WANN_INLINE void rigid_move(rigid_body *body, float dt_s)
{
    body->x = body->x + body->vx * dt_s;
    body->y = body->y + body->vy * dt_s;
    body->angle = body->angle + body->spin * dt_s;
    rigid_turn(body);
}

/* Moves a body back to `before` where the mask is false. */
WANN_INLINE void rigid_keep(rigid_body *body, const rigid_body *before, wann_mask moves)
{
    body->x = wann_select(moves, body->x, before->x);
    body->y = wann_select(moves, body->y, before->y);
    body->angle = wann_select(moves, body->angle, before->angle);
    body->cosine = wann_select(moves, body->cosine, before->cosine);
    body->sine = wann_select(moves, body->sine, before->sine);
}

#endif
