// Lets light through where a MASK material is cut out.
#version 460
#extension GL_GOOGLE_include_directive : require

#include "lib/material.glsl"

layout(location = 0) in vec2 uv;
layout(location = 1) in float alpha;

void main()
{
    if (texture(base_color_map, uv).a * material.base_color.a * alpha < material.emissive.w)
        discard;
}
