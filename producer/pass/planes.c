// The planes a frame can have. A new plane is a row here, its number in enum plane_index, and shaders/plane/<name>.glsl.
#include "producer/pass/planes.h"

#include <math.h>
#include <string.h>
#include <vulkan/vulkan.h>

#include "common/frame/format.h"

const struct plane_row plane_table[PLANE_COUNT] = {
    [PLANE_COLOR] = {"color", TACHY_U8, 4, VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_R16G16B16A16_SFLOAT,
                     0},
    [PLANE_DEPTH] = {"depth", TACHY_F32, 1, VK_FORMAT_R32_SFLOAT, VK_FORMAT_R32_SFLOAT, INFINITY},
    [PLANE_ID] = {"id", TACHY_U32, 1, VK_FORMAT_R32_UINT, VK_FORMAT_R32_UINT, 0},
};

size_t plane_pixel_bytes(enum plane_index plane)
{
    return format_bytes(plane_table[plane].format) * plane_table[plane].channels;
}

const struct plane_row *plane_find(const char *name)
{
    for (size_t i = 0; i < PLANE_COUNT; i++)
        if (strcmp(plane_table[i].name, name) == 0)
            return &plane_table[i];
    return NULL;
}
