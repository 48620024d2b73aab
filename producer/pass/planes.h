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
    uint32_t
        drawn_vk_format; ///< of what the geometry pass draws; another one where the post pass makes the plane of it
    float clear; ///< every channel where nothing is; `color` takes the scene's sky
};

extern const struct plane_row plane_table[PLANE_COUNT];

/// Bytes of a pixel in the slot.
size_t plane_pixel_bytes(enum plane_index plane);

/// The row of that name, or NULL.
const struct plane_row *plane_find(const char *name);

#endif
