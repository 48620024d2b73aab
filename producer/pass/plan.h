// The plan of a picture: which targets the geometry pass has for a set of wanted planes, as data.
#ifndef PRODUCER_PASS_PLAN_H
#define PRODUCER_PASS_PLAN_H

#include <stdbool.h>
#include <vulkan/vulkan.h>

#include "producer/pass/planes.h"

/// How a surface meets the targets; the order of drawing.
enum draw_kind { DRAW_OPAQUE, DRAW_MASK, DRAW_BLEND_COLOR, DRAW_BLEND_DATA, DRAW_KIND_COUNT };

/// Target i is the i-th wanted plane, as shaders/geometry.frag numbers its outputs; so `color` is the first or not there.
struct plan {
    uint64_t planes;
    uint32_t target_count;
    enum plane_index targets[PLANE_COUNT];
    VkFormat formats[PLANE_COUNT];
    VkClearColorValue clear[PLANE_COUNT];
};

/// What a kind of draw does to the targets of a plan.
struct kind_plan {
    uint32_t written; ///< planes that its shader computes; the other targets keep what they hold
    bool blend;       ///< over what is there
    bool depth_keep;  ///< tested against depth, not written to it
    uint32_t alpha;   ///< as enum scene_alpha: what its shader does about alpha
};

void plan_make(uint64_t planes, const double sky_color[3], struct plan *plan);
struct kind_plan plan_kind(uint64_t planes, enum draw_kind kind);

#endif
