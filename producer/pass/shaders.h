// The shaders, compiled at build time and carried in the program.
#ifndef PRODUCER_PASS_SHADERS_H
#define PRODUCER_PASS_SHADERS_H

#include "producer/gpu/pipeline.h"

extern const struct shader shader_geometry_vert, shader_shadow_vert, shader_shadow_frag,
    shader_post_vert, shader_post_frag;

/// The one that writes these planes, target i being the i-th of them. `planes` is not 0.
const struct shader *shader_geometry_frag(uint64_t planes);

#endif
