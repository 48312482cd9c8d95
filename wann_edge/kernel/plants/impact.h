/* The time of impact: a body that would sink into the ground within a step stops where it meets the
 * ground, as in Box2D 2.3. */
#ifndef WANN_IMPACT_H
#define WANN_IMPACT_H

#include "contact.h"

#define RIGID_SHARE_IMPACT 0.75f  /* b2_toiBaugarte */
#define RIGID_IMPACT_MENDS 4
#define RIGID_IMPACT_ITERATIONS 10
#define RIGID_LOOKS 4  /* samples of a body's way, for the time of impact */
#define RIGID_CONTACTS 7  /* the most contacts of a body */
#define RIGID_STOPS 2  /* the most impacts of a body per step */
#define RIGID_MET_M (0.75f * RIGID_SLOP_M)  /* an impact is nearer than this, as in Box2D */

/* The ground that bodies hit. meet: finds the ground below a point of a body. */
typedef struct {
    void (*meet)(const wann_real *heights, rigid_contact *contact);
    const wann_real *heights;
    wann_real friction;
} rigid_ground;

/* The body at a share of the way from `before` to `after`. */
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

/* The share, 0 to 1, at which a height between `height` and `next` reaches the slop. */
WANN_INLINE wann_real rigid_when(wann_real height, wann_real next)
{
    return wann_relu((height - RIGID_SLOP_M) / (height - next));
}

/* The same, refined with the height found there: regula falsi. */
WANN_INLINE wann_real rigid_when_now(wann_real height, wann_real next, wann_real when,
                                     wann_real found)
{
    wann_mask is_late = wann_true(found < RIGID_SLOP_M);
    wann_real early = when * rigid_when(height, found);
    wann_real late = when + (1.0f - when) * rigid_when(found, next);
    return wann_select(is_late, early, late);
}

WANN_INLINE wann_mask rigid_sinks(wann_real height, wann_real next)
{
    return wann_true(next < RIGID_MET_M) & wann_true(height >= RIGID_MET_M);
}

/* The body at `share` past sample k of its way, where the mask is true. */
WANN_INLINE rigid_body rigid_on_way(const rigid_body *pose, int k, wann_real share, wann_mask meets)
{
    wann_real known = wann_select(meets, share, wann_constant(0.0f));
    return rigid_between(pose, &pose[RIGID_LOOKS], ((float)k + known) * (1.0f / RIGID_LOOKS));
}

/* The sample at which a corner of the body comes too near the ground, RIGID_LOOKS if none; and its
 * final height, m, if that is lower than `end`. */
WANN_INLINE wann_real rigid_corner_nears(rigid_contact corner, const rigid_ground *ground,
                                         rigid_body *pose, wann_real *end)
{
    wann_real when = wann_constant(RIGID_LOOKS), height = when;
    for (int k = 0; k <= RIGID_LOOKS; k++) {
        corner.body = &pose[k];
        ground->meet(ground->heights, &corner);
        wann_real before = height;
        height = rigid_height(&corner);
        wann_mask meets = rigid_sinks(before, height);
        if (k == 0 || wann_any_lane(meets) == 0)
            continue;
        wann_real share = rigid_when(before, height);
        rigid_body then = rigid_on_way(pose, k - 1, share, meets);
        corner.body = &then;
        ground->meet(ground->heights, &corner);
        share = rigid_when_now(before, height, share, rigid_height(&corner));
        when = wann_select(meets, rigid_least(when, (float)(k - 1) + share), when);
    }
    *end = rigid_least(*end, height);
    return when;
}

/* The distance of the ground's point past the ends of the box's side, m; after rigid_height. */
WANN_INLINE wann_real rigid_past(const rigid_contact *contact)
{
    wann_real half = wann_select(contact->side_y > 0.0f, wann_constant(contact->at[0]),
                                 wann_constant(contact->at[1]));
    return wann_abs(rigid_across(contact)) - half;
}

/* Whether a box that starts above the ground's point has rocked to its other lower corner. */
WANN_INLINE wann_mask rigid_rocks(const rigid_contact *point, const rigid_body *first,
                                  const rigid_body *now)
{
    wann_real rx = point->gx - first->x, ry = point->gy - first->y;
    wann_real across = rx * first->cosine + ry * first->sine;
    return wann_true(wann_abs(across) <= point->at[0]) & wann_true(first->sine * now->sine < 0.0f);
}

/* As rigid_corner_nears, for a side of the box and the ground's point, if they end too near each
 * other. parts: whether all corners end away from the ground; Box2D then ignores tiles below the
 * lowest corner, and a box that rocks has both tiles that end at the point below it. */
WANN_INLINE wann_real rigid_side_nears(rigid_contact point, rigid_body *pose, wann_mask parts)
{
    const wann_real never = wann_constant(RIGID_LOOKS);
    wann_real when = never;
    rigid_contact met = point;
    for (int k = 0; k < RIGID_LOOKS; k++) {
        point.body = &pose[k];
        rigid_choose_side(&point);
        wann_real height = rigid_height(&point);
        point.body = &pose[k + 1];
        wann_real next = rigid_height(&point), share = rigid_when(height, next);
        wann_mask meets = rigid_sinks(height, next) & wann_true(when == RIGID_LOOKS);
        if (wann_any_lane(meets) == 0)
            continue;
        rigid_body then = rigid_on_way(pose, k, share, meets);
        point.body = &then;
        share = rigid_when_now(height, next, share, rigid_height(&point));
        meets = meets & wann_true(rigid_past(&point) <= 0.0f) &
                ~(parts & rigid_rocks(&point, pose, &then));
        when = wann_select(meets, (float)k + share, when);
        met.side_x = wann_select(meets, point.side_x, met.side_x);
        met.side_y = wann_select(meets, point.side_y, met.side_y);
        met.half = wann_select(meets, point.half, met.half);
    }
    met.body = &pose[RIGID_LOOKS];
    return wann_select(rigid_height(&met) < RIGID_MET_M, when, never);
}

/* The share of its way at which the body comes too near the ground; 1 if never. As in Box2D a body
 * may come near on the way if it ends apart: corners count if any of them ends too near. */
WANN_INLINE wann_real rigid_impact(const rigid_body *before, const rigid_body *after,
                                   const rigid_contact *contact, int contacts,
                                   const rigid_ground *ground)
{
    const wann_real never = wann_constant(RIGID_LOOKS);
    wann_real corners = never, sides = never, end = never;  /* those of the body come first */
    rigid_body pose[RIGID_LOOKS + 1];
    for (int k = 0; k <= RIGID_LOOKS; k++)
        pose[k] = rigid_between(before, after, wann_constant((float)k / RIGID_LOOKS));
    for (int i = 0; i < contacts; i++) {
        if (contact[i].is_ground)
            sides = rigid_least(
                sides, rigid_side_nears(contact[i], pose, wann_true(end >= RIGID_MET_M)));
        else
            corners = rigid_least(corners, rigid_corner_nears(contact[i], ground, pose, &end));
    }
    corners = wann_select(end < RIGID_MET_M, corners, never);
    return rigid_least(corners, sides) * (1.0f / RIGID_LOOKS);
}

/* The body at the time of impact, corrected and reversed by its contacts alone. */
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

/* A body that comes too near the ground in a step moves back to the time of impact, takes the
 * impact, and moves on for the rest of the step, with at most RIGID_STOPS impacts. */
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
