/* Contact of the shins of biped_body.h with the ground, and their impacts within a step. */
#ifndef WANN_BIPED_FEET_H
#define WANN_BIPED_FEET_H

#include "biped_body.h"
#include "impact.h"

/* The compiler rejects a shin with more contacts than an impact has room for. */
typedef char biped_shin_fits[(int)BIPED_SHIN_CONTACTS <= RIGID_CONTACTS ? 1 : -1];

/* The tiles of a contact: two at a corner of the ground. */
static inline wann_real biped_left_tile(const rigid_contact *contact)
{
    return contact->is_ground ? contact->tile - 1.0f : contact->tile;
}

/* Updates the touch of a shin with the tiles at the start of the step. */
static inline void biped_touch(const biped *walker, int leg, biped_felt *felt)
{
    const wann_real none = wann_constant(1e6f), yes = wann_constant(1.0f), no = wann_constant(0.0f);
    wann_real first = none, last = 0.0f - none;
    for (int i = 0; i < BIPED_SHIN_CONTACTS; i++) {
        const rigid_contact *contact = &walker->contact[BIPED_LEG_CONTACTS * leg + i];
        first = wann_select(contact->touches, rigid_least(first, biped_left_tile(contact)), first);
        last = wann_select(contact->touches, rigid_most(last, contact->tile), last);
    }
    wann_mask begins = wann_true(first < felt->first) | wann_true(last > felt->last);
    wann_mask ends = wann_true(felt->first < first) | wann_true(felt->last > last);
    felt->feels = wann_select(ends, no, wann_select(begins, yes, felt->feels));
    felt->first = first;
    felt->last = last;
}

/* Updates it with a tile that the shin hits during the step. */
static inline void biped_strike(const biped *walker, int leg, biped_felt *felt)
{
    for (int i = 0; i < BIPED_SHIN_CONTACTS; i++) {
        const rigid_contact *contact = &walker->contact[BIPED_LEG_CONTACTS * leg + i];
        wann_real left = biped_left_tile(contact);
        wann_mask before = wann_true(left < felt->first) & contact->met;
        wann_mask after = wann_true(contact->tile > felt->last) & contact->met;
        felt->feels = wann_select(before | after, wann_constant(1.0f), felt->feels);
        felt->first = wann_select(before, left, felt->first);
        felt->last = wann_select(after, contact->tile, felt->last);
    }
}

/* Stops shins that would sink into the ground. */
static inline void biped_stop(const wann_real *heights, biped *walker, wann_real friction)
{
    const rigid_ground ground = {.meet = biped_meet_tile, .heights = heights, .friction = friction};
    for (int leg = 0; leg < 2; leg++) {
        rigid_contact *contact = &walker->contact[BIPED_LEG_CONTACTS * leg];
        biped_touch(walker, leg, &walker->felt[leg]);
        rigid_stop(contact->body, &walker->before[leg], contact, BIPED_SHIN_CONTACTS, &ground,
                   BIPED_DT_S);
        biped_strike(walker, leg, &walker->felt[leg]);
    }
}

#endif
