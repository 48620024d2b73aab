// The uniform block of one picture: its lens and its lights, in the camera's frame.
#ifndef PRODUCER_PASS_BLOCK_H
#define PRODUCER_PASS_BLOCK_H

#include "producer/pass/shadow.h"
#include "producer/scene/scene.h"

enum { BLOCK_LIGHTS_MAX = 16 };

struct light_block {
    float position[4], direction[4], color[4], cone[4];
};

/// Mirrors the uniform block of shaders/lib/image.glsl; matrices are column-major.
struct image_block {
    float clip[4], lens[4], range[4], up[4], ambient[4], ground[4];
    float shadow_from_view[16];
    struct light_block lights[BLOCK_LIGHTS_MAX];
};

/// Lights beyond BLOCK_LIGHTS_MAX are left out. `shadow` may have exists = false.
void image_block_fill(struct image_block *block, const struct scene *scene,
                      const tachy_camera *camera, uint32_t width, uint32_t height,
                      const struct shadow_view *shadow);

/// camera->camera_from_world as a matrix.
struct mat4 camera_matrix(const tachy_camera *camera);

#endif
