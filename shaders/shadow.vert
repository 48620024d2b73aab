// Places a vertex on the shadow map. The matrix is the light's whole one, projection and all.
#version 460

layout(push_constant) uniform Draw {
    mat4 clip_from_part;
} draw;

layout(location = 0) in vec3 position;
layout(location = 1) in vec2 uv;
layout(location = 2) in vec4 color;

layout(location = 0) out vec2 out_uv;
layout(location = 1) out float out_alpha;

void main()
{
    gl_Position = draw.clip_from_part * vec4(position, 1);
    out_uv = uv;
    out_alpha = color.a;
}
