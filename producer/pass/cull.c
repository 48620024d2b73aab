// What a picture cannot show: spheres outside of its frustum.
#include "producer/pass/cull.h"

#include <math.h>

bool cull_sphere(const struct picture *picture, struct vec3 center, double radius)
{
    struct vec3 p = mat4_point(picture->camera_from_world, center);
    double margin = radius + 1e-6 * (radius + fabs(p.x) + fabs(p.y) + fabs(p.z));
    if (p.z + margin < picture->near_m || p.z - margin > picture->far_m)
        return true;
    // The side planes go through the camera; their normals have length sqrt(1 + slope^2).
    return fabs(p.x) - picture->slope_x * p.z >
               margin * sqrt(1 + picture->slope_x * picture->slope_x) ||
           fabs(p.y) - picture->slope_y * p.z >
               margin * sqrt(1 + picture->slope_y * picture->slope_y);
}
