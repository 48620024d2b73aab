// What holds for one draw. Mirrors struct draw_push of producer/pass/draw.h.
#ifndef LIB_DRAW_GLSL
#define LIB_DRAW_GLSL

layout(push_constant) uniform Draw {
    vec4 view_from_part[3]; // rows of a 3x4 matrix, multiplied in double precision
    uint row;               // of the id table
} draw;

vec3 view_point(vec3 p)
{
    const vec4 h = vec4(p, 1);
    return vec3(dot(draw.view_from_part[0], h), dot(draw.view_from_part[1], h), dot(draw.view_from_part[2], h));
}

// By the cofactors: the inverse transpose but for its length, and whole where a scale is 0.
vec3 view_normal(vec3 n)
{
    const vec3 a = draw.view_from_part[0].xyz, b = draw.view_from_part[1].xyz, c = draw.view_from_part[2].xyz;
    const vec3 bc = cross(b, c);
    return vec3(dot(bc, n), dot(cross(c, a), n), dot(cross(a, b), n)) * (dot(a, bc) < 0 ? -1 : 1);
}

#endif
