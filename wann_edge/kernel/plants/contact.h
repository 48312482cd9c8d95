/* Contacts of the bodies of rigid.h with a fixed ground: corners over planes, and sides of boxes on
 * corners of the ground. */
#ifndef WANN_CONTACT_H
#define WANN_CONTACT_H

#include "rigid.h"

#define RIGID_ROUNDED_M 0.02f  /* b2_polygonRadius of both shapes */
#define RIGID_SHARE 0.2f  /* b2_baumgarte: share of an overlap corrected per iteration */
#define RIGID_MOST_M 0.2f  /* b2_maxLinearCorrection */

/* A point of a body over a plane, or a point of the ground against a body that is a box. */
typedef struct {
    rigid_body *body;
    int is_ground;
    float at[2];  /* the point in the body's frame, m; or half the box's width and height */
    wann_real gx, gy;  /* the ground's point, m */
    wann_real slope_x[2], slope_y[2];  /* normals of the ground left and right of it */
    wann_real tile;  /* the number of that ground tile, from the caller */
    wann_real nx, ny, level;  /* the plane: points p with n . p = level */
    wann_real rx, ry;  /* the contact from the centre of mass, m */
    wann_real per_normal, per_tangent;  /* effective masses, kg; 0 where they are far apart */
    wann_real normal, tangent;  /* accumulated impulses, N s */
    wann_real side_x, side_y, half;  /* the side of the box: its inward normal in the body's frame,
                                      * and its distance from the centre, m */
    wann_real on_x, on_y;  /* the point of the box nearest the ground's, in the body's frame, m */
    wann_mask faces;  /* whether the ground's point is at that side */
    wann_mask is_past;  /* or past the lower corner, and its tile is at that side */
    wann_mask touches, met;  /* at the start of the step; during the step */
} rigid_contact;

/* Whether a tile that begins past the lower corner of the box still touches that side. The ground's
 * point is `beside` the left or right side and `below` the lower one, m. The tile touches the side
 * where it reaches the end of the side and the corner is nearer to the tile than the point to the
 * side (b2CollideEdge.cpp). */
WANN_INLINE wann_mask rigid_is_past(const rigid_contact *contact, wann_mask left, wann_real beside,
                                    wann_real below)
{
    const rigid_body *body = contact->body;
    wann_real nx = wann_select(left, contact->slope_x[0], contact->slope_x[1]);
    wann_real ny = wann_select(left, contact->slope_y[0], contact->slope_y[1]);
    wann_real rises = body->sine * ny + body->cosine * nx;
    wann_real leaves = body->cosine * ny - body->sine * nx;
    rises = wann_select(left, rises, 0.0f - rises);
    wann_real corner = beside * rises + below * leaves;
    return wann_true(beside > below) & wann_true(below > 0.0f) & wann_true(rises > 0.0f) &
           wann_true(corner <= rises * RIGID_ROUNDED_M) &
           wann_true(beside > corner * 0.98f + 0.001f);
}

/* Chooses the side of the box nearest the ground's point (left, right or lower) for this step, and
 * whether the point, or a tile that begins there, is at that side. */
WANN_INLINE void rigid_choose_side(rigid_contact *contact)
{
    const wann_real none = wann_constant(0.0f), one = wann_constant(1.0f);
    const rigid_body *body = contact->body;
    wann_real rx = contact->gx - body->x, ry = contact->gy - body->y;
    wann_real across = rx * body->cosine + ry * body->sine;
    wann_real along = ry * body->cosine - rx * body->sine;
    wann_real beside = wann_abs(across) - contact->at[0], below = none - along - contact->at[1];
    wann_mask is_beside = wann_true(beside > below), left = wann_true(across < 0.0f);
    contact->side_x = wann_select(is_beside, wann_select(left, one, none - one), none);
    contact->side_y = wann_select(is_beside, none, one);
    contact->half = wann_select(is_beside, wann_constant(contact->at[0]),
                                wann_constant(contact->at[1]));
    contact->on_x = wann_select(is_beside, none - contact->side_x * contact->at[0], across);
    contact->on_y = wann_select(is_beside, along, none - contact->at[1]);
    contact->is_past = rigid_is_past(contact, left, beside, below);
    contact->faces = (wann_true(rigid_least(beside, below) <= 0.0f) | contact->is_past) &
                     wann_true(along <= contact->at[1]);
}

/* The height of the body over the ground, m; for a box also updates the plane. */
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

/* The effective mass for a push at this distance from the centre of mass, kg. */
WANN_INLINE wann_real rigid_resisting(const rigid_body *body, wann_real distance)
{
    return 1.0f / (body->per_kg + distance * distance * body->per_kgm2);
}

/* The distance of the line of the normal from the centre of mass, m. */
WANN_INLINE wann_real rigid_across(const rigid_contact *contact)
{
    return contact->rx * contact->ny - contact->ry * contact->nx;
}

/* Computes the effective masses along the normal and across it. */
WANN_INLINE void rigid_resist(rigid_contact *contact)
{
    const wann_real none = wann_constant(0.0f);
    wann_real along = contact->rx * contact->nx + contact->ry * contact->ny;
    wann_real normal = rigid_resisting(contact->body, rigid_across(contact));
    wann_real tangent = rigid_resisting(contact->body, along);
    contact->per_normal = wann_select(contact->touches, normal, none);
    contact->per_tangent = wann_select(contact->touches, tangent, none);
}

/* Prepares a step, as rigid_ready_pin does. */
WANN_INLINE void rigid_ready_contact(rigid_contact *contact)
{
    const wann_real none = wann_constant(0.0f);
    rigid_body *body = contact->body;
    if (contact->is_ground)
        rigid_choose_side(contact);
    contact->touches = wann_true(rigid_height(contact) <= RIGID_ROUNDED_M);
    if (contact->is_ground)
        contact->touches = contact->touches & contact->faces;
    rigid_resist(contact);
    contact->normal = wann_select(contact->touches, contact->normal, none);
    contact->tangent = wann_select(contact->touches, contact->tangent, none);
    wann_real px = contact->nx * contact->normal + contact->ny * contact->tangent;
    wann_real py = contact->ny * contact->normal - contact->nx * contact->tangent;
    rigid_push(body, contact->rx, contact->ry, px, py);
}

/* The height, m, of the box's own lower point over the ground, for a box on the ground's point.
 * Box2D has a contact of each kind, from the two tiles that end there; they differ where a box
 * slides. */
WANN_INLINE wann_real rigid_height_over(rigid_contact *contact)
{
    const rigid_body *body = contact->body;
    const wann_real c = body->cosine, s = body->sine;
    wann_mask right = wann_true(c * contact->side_x - s * contact->side_y > 0.0f);
    contact->nx = wann_select(right, contact->slope_x[1], contact->slope_x[0]);
    contact->ny = wann_select(right, contact->slope_y[1], contact->slope_y[0]);
    contact->rx = c * contact->on_x - s * contact->on_y;
    contact->ry = s * contact->on_x + c * contact->on_y;
    return (body->x + contact->rx - contact->gx) * contact->nx +
           (body->y + contact->ry - contact->gy) * contact->ny;
}

/* Prepares the second contact of a box on the ground's point, without impulses. */
WANN_INLINE void rigid_ready_over(rigid_contact *over, const rigid_contact *on)
{
    *over = *on;
    over->touches = on->touches & ~on->is_past & wann_true(rigid_height_over(over) <= RIGID_ROUNDED_M);
    over->normal = wann_constant(0.0f);
    over->tangent = wann_constant(0.0f);
    rigid_resist(over);
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

/* Corrects a share of an overlap along the contact's normal where the mask is true. Returns whether
 * the overlap was within three times the slop. */
WANN_INLINE wann_mask rigid_mend_gap(rigid_contact *contact, wann_mask touches, wann_real height,
                                     float share)
{
    rigid_body *body = contact->body;
    wann_real gap = height - RIGID_ROUNDED_M;
    wann_real over = (gap + RIGID_SLOP_M) * share;
    wann_real resisting = rigid_resisting(body, rigid_across(contact));
    wann_real impulse = 0.0f - wann_clamp(over, 0.0f - RIGID_MOST_M, 0.0f) * resisting;
    impulse = wann_select(touches, impulse, wann_constant(0.0f));
    rigid_shift(body, contact->rx, contact->ry, contact->nx * impulse, contact->ny * impulse);
    return wann_true(gap >= -3.0f * RIGID_SLOP_M) | ~touches;
}

WANN_INLINE wann_mask rigid_mend_contact(rigid_contact *contact, float share)
{
    wann_mask fine = ~WANN_NEVER;
    if (contact->is_ground) {
        wann_real height = rigid_height_over(contact);
        fine = rigid_mend_gap(contact, contact->touches & ~contact->is_past, height, share);
    }
    return fine & rigid_mend_gap(contact, contact->touches, rigid_height(contact), share);
}

#endif
