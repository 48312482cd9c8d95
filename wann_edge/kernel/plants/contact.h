/* Contacts of rigid.h's bodies with a fixed ground, and the time of impact: a body that would
 * sink into the ground in a step is stopped where it meets it, as Box2D 2.3 does. */
#ifndef WANN_CONTACT_H
#define WANN_CONTACT_H

#include "rigid.h"

#define RIGID_ROUNDED_M 0.02f  /* b2_polygonRadius of both shapes */
#define RIGID_SHARE 0.2f  /* b2_baumgarte: of an overlap, mended in one iteration */
#define RIGID_SHARE_IMPACT 0.75f  /* b2_toiBaugarte */
#define RIGID_MOST_M 0.2f  /* b2_maxLinearCorrection */
#define RIGID_IMPACT_MENDS 4
#define RIGID_IMPACT_ITERATIONS 10
#define RIGID_LOOKS 4  /* on its way, for the time of impact */
#define RIGID_CONTACTS 7  /* the most that a body has */
#define RIGID_STOPS 2  /* impacts of a body in a step, at most */
#define RIGID_MET_M (0.75f * RIGID_SLOP_M)  /* nearer than this is an impact, as in Box2D */
#define RIGID_FAR_M 1.0f

/* A point of a body over a plane, or a point of the ground against a body that is a box. */
typedef struct {
    rigid_body *body;
    int is_ground;
    float at[2];  /* the point in the body's frame, m; or half the box's width and height */
    wann_real gx, gy;  /* the ground's point, m */
    wann_real tile;  /* the caller's number of that ground */
    wann_real nx, ny, level;  /* the plane: points p with n . p = level */
    wann_real rx, ry;  /* the contact from the centre of mass, m */
    wann_real per_normal, per_tangent;  /* masses that resist, kg; 0 where they are far apart */
    wann_real normal, tangent;  /* impulses up to now, N s */
    wann_real side_x, side_y, half;  /* the box's side: its inward normal in the body's frame, and how
                                      * far from the centre it is, m */
    wann_mask faces;  /* whether the ground's point is at that side */
    wann_mask touches, met;  /* at the start of the step; in it */
} rigid_contact;

/* The box's side that is next to the ground's point, left, right or the lower one, for this step;
 * and whether the point is at that side, not past its ends. */
WANN_INLINE void rigid_choose_side(rigid_contact *contact)
{
    const wann_real none = wann_constant(0.0f), one = wann_constant(1.0f);
    const rigid_body *body = contact->body;
    wann_real rx = contact->gx - body->x, ry = contact->gy - body->y;
    wann_real across = rx * body->cosine + ry * body->sine;
    wann_real along = ry * body->cosine - rx * body->sine;
    wann_real beside = wann_abs(across) - contact->at[0], below = none - along - contact->at[1];
    contact->side_x = wann_select(beside > below, wann_select(across > 0.0f, none - one, one), none);
    contact->side_y = wann_select(beside > below, none, one);
    contact->half = wann_select(beside > below, none + contact->at[0], none + contact->at[1]);
    contact->faces =
        wann_true(rigid_least(beside, below) <= 0.0f) & wann_true(along <= contact->at[1]);
}

/* What bodies strike. meet: finds what is below a body's point as the body is now. */
typedef struct {
    void (*meet)(const wann_real *heights, rigid_contact *contact);
    const wann_real *heights;
    wann_real friction;
} rigid_ground;

/* How far the body is over the ground, m; of a box also the plane as it lies now. */
WANN_INLINE wann_real rigid_height(rigid_contact *contact)
{
    const rigid_body *body = contact->body;
    if (contact->is_ground) {
        contact->nx = body->cosine * contact->side_x - body->sine * contact->side_y;
        contact->ny = body->sine * contact->side_x + body->cosine * contact->side_y;
        contact->rx = contact->gx - body->x;
        contact->ry = contact->gy - body->y;
        return 0.0f - contact->rx * contact->nx - contact->ry * contact->ny - contact->half;
    }
    rigid_arm(body, contact->at, &contact->rx, &contact->ry);
    return (body->x + contact->rx) * contact->nx + (body->y + contact->ry) * contact->ny -
           contact->level;
}

/* The mass that resists a push whose line passes the centre of mass at this distance, kg. */
WANN_INLINE wann_real rigid_resisting(const rigid_body *body, wann_real distance)
{
    return 1.0f / (body->per_kg + distance * distance * body->per_kgm2);
}

/* How far from the centre of mass the line of the normal passes, m. */
WANN_INLINE wann_real rigid_across(const rigid_contact *contact)
{
    return contact->rx * contact->ny - contact->ry * contact->nx;
}

/* Before a step, as rigid_ready_pin. */
WANN_INLINE void rigid_ready_contact(rigid_contact *contact)
{
    const wann_real none = wann_constant(0.0f);
    rigid_body *body = contact->body;
    if (contact->is_ground)
        rigid_choose_side(contact);
    contact->touches = wann_true(rigid_height(contact) <= RIGID_ROUNDED_M);
    wann_real across = rigid_across(contact);
    wann_real along = contact->rx * contact->nx + contact->ry * contact->ny;
    if (contact->is_ground)
        contact->touches = contact->touches & contact->faces;
    contact->per_normal = wann_select(contact->touches, rigid_resisting(body, across), none);
    contact->per_tangent = wann_select(contact->touches, rigid_resisting(body, along), none);
    contact->normal = wann_select(contact->touches, contact->normal, none);
    contact->tangent = wann_select(contact->touches, contact->tangent, none);
    wann_real px = contact->nx * contact->normal + contact->ny * contact->tangent;
    wann_real py = contact->ny * contact->normal - contact->nx * contact->tangent;
    rigid_push(body, contact->rx, contact->ry, px, py);
}

WANN_INLINE void rigid_solve_contact(rigid_contact *contact, wann_real friction)
{
    rigid_body *body = contact->body;
    wann_real nx = contact->nx, ny = contact->ny;
    wann_real most = contact->normal * friction;
    wann_real vx = body->vx - body->spin * contact->ry, vy = body->vy + body->spin * contact->rx;
    wann_real tangent = contact->tangent - (vx * ny - vy * nx) * contact->per_tangent;
    tangent = rigid_within(tangent, 0.0f - most, most);
    wann_real change = tangent - contact->tangent;
    rigid_push(body, contact->rx, contact->ry, ny * change, 0.0f - nx * change);
    contact->tangent = tangent;
    vx = body->vx - body->spin * contact->ry;
    vy = body->vy + body->spin * contact->rx;
    wann_real normal = contact->normal - (vx * nx + vy * ny) * contact->per_normal;
    normal = rigid_most(normal, wann_constant(0.0f));
    change = normal - contact->normal;
    rigid_push(body, contact->rx, contact->ry, nx * change, ny * change);
    contact->normal = normal;
}

/* Mends a share of an overlap. True where it was within three times the slop. */
WANN_INLINE wann_mask rigid_mend_contact(rigid_contact *contact, float share)
{
    rigid_body *body = contact->body;
    wann_real gap = rigid_height(contact) - RIGID_ROUNDED_M;
    wann_real over = (gap + RIGID_SLOP_M) * share;
    wann_real resisting = rigid_resisting(body, rigid_across(contact));
    wann_real impulse = 0.0f - wann_clamp(over, 0.0f - RIGID_MOST_M, 0.0f) * resisting;
    impulse = wann_select(contact->touches, impulse, wann_constant(0.0f));
    rigid_shift(body, contact->rx, contact->ry, contact->nx * impulse, contact->ny * impulse);
    return wann_true(gap >= -3.0f * RIGID_SLOP_M) | ~contact->touches;
}

/* The body on its way from `before` to `after`, a share of the way. */
WANN_INLINE rigid_body rigid_between(const rigid_body *before, const rigid_body *after,
                                     wann_real share)
{
    rigid_body now = *after;
    now.x = before->x + (after->x - before->x) * share;
    now.y = before->y + (after->y - before->y) * share;
    now.angle = before->angle + (after->angle - before->angle) * share;
    rigid_turn(&now);
    return now;
}

/* How far a body is over the ground somewhere on its way, m. */
WANN_INLINE wann_real rigid_height_at(const rigid_contact *contact, const rigid_ground *ground,
                                      rigid_body *now)
{
    rigid_contact there = *contact;
    there.body = now;
    if (contact->is_ground)
        rigid_choose_side(&there);
    else
        ground->meet(ground->heights, &there);
    wann_real height = rigid_height(&there);
    return contact->is_ground ? wann_select(there.faces, height, wann_constant(RIGID_FAR_M)) : height;
}

/* The share of its way after which the body comes too near the ground; 1 if it does not. */
WANN_INLINE wann_real rigid_impact(const rigid_body *before, const rigid_body *after,
                                   const rigid_contact *contact, int contacts,
                                   const rigid_ground *ground)
{
    wann_real share = wann_constant(1.0f), height[RIGID_CONTACTS];
    for (int k = 0; k <= RIGID_LOOKS; k++) {
        const float at = (float)k / RIGID_LOOKS;
        rigid_body now = rigid_between(before, after, wann_constant(at));
        for (int i = 0; i < contacts; i++) {
            wann_real here = rigid_height_at(&contact[i], ground, &now);
            if (k > 0) {
                wann_real met = at - (RIGID_SLOP_M - here) / (height[i] - here) / RIGID_LOOKS;
                wann_mask meets = wann_true(here < RIGID_MET_M) & wann_true(height[i] >= RIGID_MET_M);
                share = wann_select(meets, rigid_least(share, wann_relu(met)), share);
            }
            height[i] = here;
        }
    }
    return share;
}

/* The body at the time of impact: mended and turned around by its contacts alone. */
WANN_INLINE void rigid_strike(rigid_body *now, rigid_contact *contact, int contacts,
                              const rigid_ground *ground, wann_mask meets)
{
    rigid_contact met[RIGID_CONTACTS];
    for (int i = 0; i < contacts; i++) {
        met[i] = contact[i];
        met[i].body = now;
        met[i].normal = wann_constant(0.0f);
        met[i].tangent = wann_constant(0.0f);
        if (!met[i].is_ground)
            ground->meet(ground->heights, &met[i]);
        rigid_ready_contact(&met[i]);
        wann_mask strikes = met[i].touches & meets;
        contact[i].met = contact[i].met | strikes;
        contact[i].tile = wann_select(strikes, met[i].tile, contact[i].tile);
    }
    for (int k = 0; k < RIGID_IMPACT_MENDS; k++)
        for (int i = 0; i < contacts; i++)
            rigid_mend_contact(&met[i], RIGID_SHARE_IMPACT);
    for (int k = 0; k < RIGID_IMPACT_ITERATIONS; k++)
        for (int i = 0; i < contacts; i++)
            rigid_solve_contact(&met[i], ground->friction);
}

/* Where a body comes too near the ground in a step it is put back to the time of impact, struck,
 * and moved on for the rest of the step, in which it may strike again. */
WANN_INLINE void rigid_stop(rigid_body *body, const rigid_body *begin, rigid_contact *contact,
                            int contacts, const rigid_ground *ground, float dt_s)
{
    rigid_body before = *begin;
    wann_real rest_s = wann_constant(dt_s);
    wann_mask meets = ~WANN_NEVER;
    for (int k = 0; k < RIGID_STOPS; k++) {
        wann_real share = rigid_impact(&before, body, contact, contacts, ground);
        meets = meets & wann_true(share < 1.0f);
        if (wann_any_lane(meets) == 0)
            return;
        rigid_body now = rigid_between(&before, body, share);
        rigid_strike(&now, contact, contacts, ground, meets);
        rest_s = (1.0f - share) * rest_s;
        body->x = wann_select(meets, now.x + now.vx * rest_s, body->x);
        body->y = wann_select(meets, now.y + now.vy * rest_s, body->y);
        body->angle = wann_select(meets, now.angle + now.spin * rest_s, body->angle);
        body->vx = wann_select(meets, now.vx, body->vx);
        body->vy = wann_select(meets, now.vy, body->vy);
        body->spin = wann_select(meets, now.spin, body->spin);
        before = now;
    }
}

#endif
