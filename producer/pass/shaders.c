// The shaders' words, from the headers that the build makes of shaders/.
#include "producer/pass/shaders.h"

#include <assert.h>

#include "shaders/geometry_frag.h"
#include "shaders/geometry_vert.h"
#include "shaders/post_frag.h"
#include "shaders/post_vert.h"
#include "shaders/shadow_frag.h"
#include "shaders/shadow_vert.h"

const struct shader shader_geometry_vert = {geometry_vert, sizeof geometry_vert};
const struct shader shader_shadow_vert = {shadow_vert, sizeof shadow_vert};
const struct shader shader_shadow_frag = {shadow_frag, sizeof shadow_frag};
const struct shader shader_post_vert = {post_vert, sizeof post_vert};
const struct shader shader_post_frag = {post_frag, sizeof post_frag};

const struct shader *shader_geometry_frag(uint64_t planes)
{
    assert(planes > 0 && planes < sizeof geometry_frag / sizeof geometry_frag[0]);
    return &geometry_frag[planes];
}
