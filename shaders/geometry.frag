// Writes every wanted plane of the surface at a pixel. Compiled once for each set of planes: PLANES is their mask.
#version 460
#extension GL_GOOGLE_include_directive : require

// Numbered as enum plane_index. Target i is the i-th plane of PLANES.
#define PLANE_COLOR 0
#define PLANE_DEPTH 1
#define PLANE_ID 2
#define HAS(plane) (PLANES >> (plane) & 1)
#define BEFORE(plane, other) ((other) < (plane) ? HAS(other) : 0)
#define TARGET(plane) (BEFORE(plane, 0) + BEFORE(plane, 1) + BEFORE(plane, 2))

// As enum scene_alpha.
const int ALPHA_OPAQUE = 0, ALPHA_MASK = 1, ALPHA_BLEND = 2;

layout(constant_id = 0) const int WRITTEN = PLANES; // the others' targets keep what they hold
layout(constant_id = 1) const int ALPHA = ALPHA_OPAQUE;
layout(constant_id = 2) const bool TEXTURED = true;
layout(constant_id = 3) const bool SHADOWED = true;

#include "lib/image.glsl"
#include "lib/draw.glsl"
#include "lib/material.glsl"
#include "lib/surface.glsl"
#include "lib/light.glsl"

layout(location = 0) in vec3 normal;
layout(location = 1) in vec2 uv;
layout(location = 2) in vec4 vertex_color;

bool written(int plane)
{
    return (WRITTEN >> plane & 1) != 0;
}

#if HAS(PLANE_COLOR)
#include "plane/color.glsl"
#endif
#if HAS(PLANE_DEPTH)
#include "plane/depth.glsl"
#endif
#if HAS(PLANE_ID)
#include "plane/id.glsl"
#endif

// BLEND comes twice: for colour alone, and for data alone, which has no halves.
bool discarded(float alpha)
{
    return ALPHA == ALPHA_MASK && alpha < material.emissive.w ||
           ALPHA == ALPHA_BLEND && !written(PLANE_COLOR) && alpha < 0.5;
}

void main()
{
    Surface s;
    const float z = 1 / gl_FragCoord.w;
    s.position = vec3((gl_FragCoord.xy - image.lens.zw) / image.lens.xy * z, z);
    s.normal = gl_FrontFacing ? normal : -normal;
    s.base_color = material.base_color * vertex_color;
    if (TEXTURED)
        s.base_color *= texture(base_color_map, uv);
    if (discarded(s.base_color.a))
        discard;
#if HAS(PLANE_COLOR)
    if (written(PLANE_COLOR))
        plane_color(s);
#endif
#if HAS(PLANE_DEPTH)
    if (written(PLANE_DEPTH))
        plane_depth(s);
#endif
#if HAS(PLANE_ID)
    if (written(PLANE_ID))
        plane_id(s);
#endif
}
