// Places a vertex in the camera frame and on the picture.
#version 460
#extension GL_GOOGLE_include_directive : require

#include "lib/image.glsl"
#include "lib/draw.glsl"

layout(location = 0) in vec3 position;
layout(location = 1) in vec2 uv;
layout(location = 2) in vec4 color;
layout(location = 3) in vec3 normal;

layout(location = 0) out vec3 out_normal;
layout(location = 1) out vec2 out_uv;
layout(location = 2) out vec4 out_color;

// The same depth in every pass over a surface, whatever else the pass does.
invariant gl_Position;

void main()
{
    const vec3 p = view_point(position);
    gl_Position = vec4(p.x * image.clip[0] + p.z * image.clip[2], p.y * image.clip[1] + p.z * image.clip[3],
                       p.z * image.range[0] + image.range[1], p.z);
    out_normal = view_normal(normal);
    out_uv = uv;
    out_color = color;
}
