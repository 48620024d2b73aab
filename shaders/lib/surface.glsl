// The surface seen at a pixel: what every plane is made of.
#ifndef LIB_SURFACE_GLSL
#define LIB_SURFACE_GLSL

struct Surface {
    vec3 position; // camera frame, metres
    vec3 normal;   // not of length 1; toward the viewer on backs too
    vec4 base_color;
};

#endif
