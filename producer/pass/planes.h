// The planes a frame can have: one const table that streams, render passes and options are made from.
#ifndef PRODUCER_PASS_PLANES_H
#define PRODUCER_PASS_PLANES_H

#include <stddef.h>
#include <stdint.h>
#include <tachy/frame.h>

/// Rows of the table, and bits of a plane mask.
enum plane_index { PLANE_COLOR, PLANE_DEPTH, PLANE_ID, PLANE_COUNT };

struct plane_row {
    const char *name; ///< also shaders/plane/<name>.glsl
    tachy_format format;
    uint32_t channels;
    uint32_t vk_format; ///< a VkFormat: of the image in the slot
};

extern const struct plane_row plane_table[PLANE_COUNT];

/// The row of that name, or NULL.
const struct plane_row *plane_find(const char *name);

#endif
