// What holds for one material. Mirrors struct material_block of producer/pass/material.c.
#ifndef LIB_MATERIAL_GLSL
#define LIB_MATERIAL_GLSL

layout(std140, set = 1, binding = 0) uniform Material {
    vec4 base_color;
    vec4 emissive;  // w: alpha cutoff
    float metallic, roughness;
} material;

layout(set = 1, binding = 1) uniform sampler2D base_color_map;

#endif
