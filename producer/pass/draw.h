// The draw list of a frame: every part of every object, in one order for all its pictures.
#ifndef PRODUCER_PASS_DRAW_H
#define PRODUCER_PASS_DRAW_H

#include "producer/scene/scene.h"

struct draw {
    uint32_t mesh, material, row;
    uint32_t
        order; ///< as the scene has them: ties of a sort, so that the same scene gives the same bytes
    bool mirrored; ///< a negative determinant: fronts turn counter-clockwise
    struct mat4 world_from_part;
    struct vec3 center; ///< a sphere around it, in the world
    double radius;
};

/// OPAQUE first, then MASK, both by material and mesh; then BLEND as the scene has them. Keeps its memory; starts zeroed.
struct draw_list {
    struct draw *draws;
    size_t count, capacity;
    size_t first_mask, first_blend;
};

/// Fills the list anew. TACHY_NO_MEMORY.
tachy_status draw_list_gather(struct draw_list *list, const struct scene *scene);
void draw_list_finish(struct draw_list *list);

#endif
