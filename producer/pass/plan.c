// The plan of a picture.
#include "producer/pass/plan.h"

#include "producer/scene/scene.h"

enum { COLOR_BIT = 1 << PLANE_COLOR, ALL_BITS = (1 << PLANE_COUNT) - 1 };

/// OPAQUE and MASK write everything; BLEND first colour alone, then data alone, which cannot be blended.
static const struct kind_plan kind_table[DRAW_KIND_COUNT] = {
    [DRAW_OPAQUE] = {ALL_BITS, false, false, SCENE_OPAQUE},
    [DRAW_MASK] = {ALL_BITS, false, false, SCENE_MASK},
    [DRAW_BLEND_COLOR] = {COLOR_BIT, true, true, SCENE_BLEND},
    [DRAW_BLEND_DATA] = {ALL_BITS & ~COLOR_BIT, false, false, SCENE_BLEND},
};

void plan_make(uint64_t planes, const double sky_color[3], struct plan *plan)
{
    *plan = (struct plan){.planes = planes};
    for (enum plane_index plane = 0; plane < PLANE_COUNT; plane++) {
        if ((planes >> plane & 1) == 0)
            continue;
        uint32_t target = plan->target_count++;
        plan->targets[target] = plane;
        plan->formats[target] = (VkFormat)plane_table[plane].drawn_vk_format;
        // An integer 0 and a float 0 have the same bits; nothing else is cleared to an integer.
        for (size_t channel = 0; channel < 4; channel++)
            plan->clear[target].float32[channel] = plane_table[plane].clear;
        for (size_t channel = 0; plane == PLANE_COLOR && channel < 3; channel++)
            plan->clear[target].float32[channel] = (float)sky_color[channel];
    }
}

struct kind_plan plan_kind(uint64_t planes, enum draw_kind kind)
{
    struct kind_plan plan = kind_table[kind];
    plan.written &= (uint32_t)planes;
    return plan;
}
