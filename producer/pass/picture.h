// One picture of a frame, as the passes see it.
#ifndef PRODUCER_PASS_PICTURE_H
#define PRODUCER_PASS_PICTURE_H

#include "producer/gpu/image.h"
#include "producer/pass/plan.h"
#include "producer/scene/math.h"

/// Tier 3: the device copies a plane to mapped memory, rows as far apart as in the slot, and delivery from there to the slot.
struct plane_copy {
    VkBuffer staging; ///< none: the plane needs no copy
    uint32_t row_pixels;
    const void *from;
    void *to;
    size_t bytes;
};

struct picture {
    uint32_t width, height;
    struct plan plan;
    struct mat4 camera_from_world;
    double near_m, far_m;
    double slope_x,
        slope_y; ///< at least what lies between the axis and a side of the picture, per metre of z
    uint32_t block_offset; ///< of its uniform block in the frame's buffer
    // Handles only; others own them.
    const struct image *lit; ///< what the geometry pass draws of plane color; NULL: nobody wants it
    const struct image *depth;        ///< the depth buffer
    struct image planes[PLANE_COUNT]; ///< where planes end up: in the slot, or images of their own
    VkDescriptorSet post_set;         ///< reads `lit`
    struct plane_copy copies[PLANE_COUNT];
};

#endif
