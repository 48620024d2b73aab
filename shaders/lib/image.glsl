// What holds for one image of a frame: its lens, its lights, its shadow map. The camera frame is x right, y down, z forward;
// everything here is given in it. Mirrors struct image_block of producer/pass/block.h.
#ifndef LIB_IMAGE_GLSL
#define LIB_IMAGE_GLSL

const uint LIGHTS_MAX = 16;

struct Light {
    vec4 position; // w: 0 directional, 1 point or spot
    vec4 direction; // where the light goes; w: 1 / range^4, 0 = no limit
    vec4 color;     // times intensity; w: 1 if it has the shadow map
    vec4 cone;      // spot: x * cos + y, clamped, is what the cone lets through; point: 0, 1
};

layout(std140, set = 0, binding = 0) uniform Image {
    vec4 clip;     // clip.x = x * [0] + z * [2], clip.y = y * [1] + z * [3]
    vec4 lens;     // fx, fy, cx, cy in pixels
    vec4 range;    // clip.z = z * [0] + [1] (1 at near, 0 at far); [2]: one texel of the shadow map; [3]: offset along normals, metres
    vec4 up;       // the world's +y; w: number of lights
    vec4 ambient;  // from above
    vec4 ground;   // from below
    mat4 shadow_from_view; // to texture coordinates and depth
    Light lights[LIGHTS_MAX];
} image;

layout(set = 0, binding = 1) uniform sampler2DShadow shadow_map;

#endif
