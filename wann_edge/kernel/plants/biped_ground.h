/* The ground of biped.h: tiles between heights at equal distances, and the lidar. heights: the
 * BIPED_HEIGHTS heights in a state, m. */
#ifndef WANN_BIPED_GROUND_H
#define WANN_BIPED_GROUND_H

#include "rigid.h"

#define BIPED_TILE_M 0.466666667f
#define BIPED_PER_TILE 2.14285714f
#define BIPED_HEIGHTS 200
#define BIPED_LIDAR_M 5.33333333f
#define BIPED_RAYS 10
#define BIPED_SEEN 14  /* corners of the ground ahead that a ray can reach, plus 1 */

/* The tile below x; the first tile for NaN. */
static inline wann_int biped_tile(wann_real x)
{
    const wann_real last = wann_constant(BIPED_HEIGHTS - 2.0f);
    return wann_to_int(rigid_least(wann_relu(x * BIPED_PER_TILE), last));
}

/* The tile below a point, and its plane: the normal, and n . p of its points. */
static inline wann_int biped_ground(const wann_real *heights, wann_real x, wann_real *nx,
                                    wann_real *ny, wann_real *level)
{
    wann_int tile = biped_tile(x);
    wann_real left = wann_pick(heights, tile);
    wann_real slope = (wann_pick(heights + 1, tile) - left) * BIPED_PER_TILE;
    wann_real square = slope * slope * 0.5f + 0.5f;
    wann_real root = 1.0f / (square + 0.5f);  /* square root of 1 / (1 + slope^2), by Newton's method */
    for (int i = 0; i < 4; i++)
        root = root * (1.5f - square * root * root);
    *nx = 0.0f - slope * root;
    *ny = root;
    *level = wann_to_real(tile) * BIPED_TILE_M * *nx + left * *ny;
    return tile;
}

/* The distances of corners of the ground ahead of and below a point, m. Corner 0 is the ground
 * directly below. */
typedef struct {
    wann_real ahead[BIPED_SEEN], below[BIPED_SEEN];
} biped_view;

static inline void biped_look(const wann_real *heights, wann_real x, wann_real y, biped_view *view)
{
    wann_int tile = biped_tile(x);
    wann_real left = wann_pick(heights, tile), right = wann_pick(heights + 1, tile);
    wann_real inside = x - wann_to_real(tile) * BIPED_TILE_M;
    view->ahead[0] = wann_constant(0.0f);
    view->below[0] = y - left - (right - left) * inside * BIPED_PER_TILE;
    for (int j = 1; j < BIPED_SEEN; j++) {
        wann_int corner = wann_least_int(tile + j, BIPED_HEIGHTS - 1);
        view->ahead[j] = wann_to_real(tile + j) * BIPED_TILE_M - x;
        view->below[j] = y - wann_pick(heights, corner);
    }
}

/* The length of a ray as a share of its range; 1 where it meets nothing. */
WANN_INLINE wann_real biped_ray(const biped_view *view, float sine, float cotangent)
{
    const int corners = (int)(sine * (BIPED_LIDAR_M * BIPED_PER_TILE)) + 2;
    wann_real share = wann_constant(1.0f), before = view->below[0];
    wann_mask met = WANN_NEVER;
    for (int j = 1; j <= corners; j++) {
        wann_real here = view->below[j] - view->ahead[j] * cotangent;
        wann_mask meets = wann_true(here <= 0.0f) & ~met;
        wann_real tile = view->ahead[j] - view->ahead[j - 1];
        wann_real ahead = view->ahead[j - 1] + tile * (before / (before - here));
        share = wann_select(meets, ahead * (1.0f / (sine * BIPED_LIDAR_M)), share);
        met = met | meets;
        before = here;
    }
    return wann_clamp(share, 0.0f, 1.0f);
}

/* All rays from a point. Ray i points 0.15 i rad ahead of straight down. */
static inline void biped_lidar(const wann_real *heights, wann_real x, wann_real y,
                               wann_real *share)
{
    static const float sine[BIPED_RAYS] = {
        0.0f,         0.149438132f, 0.295520207f, 0.434965534f, 0.564642473f,
        0.681638760f, 0.783326910f, 0.867423226f, 0.932039086f, 0.975723358f,
    };
    static const float cotangent[BIPED_RAYS] = {
        0.0f,         6.61659151f,  3.23272814f,  2.07015736f,  1.46169595f,
        1.07342615f,  0.793551148f, 0.573619697f, 0.388779569f, 0.224455718f,
    };
    biped_view view;
    biped_look(heights, x, y, &view);
    share[0] = wann_clamp(view.below[0] * (1.0f / BIPED_LIDAR_M), 0.0f, 1.0f);
    for (int i = 1; i < BIPED_RAYS; i++)
        share[i] = biped_ray(&view, sine[i], cotangent[i]);
}

#endif
