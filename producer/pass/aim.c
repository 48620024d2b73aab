// How the shadow's light sees the scene: as little of the world as holds all objects, on a grid that stands still.
#include <float.h>
#include <math.h>

#include "producer/pass/shadow.h"

static const double degrees = 3.14159265358979323846 / 180;
static const double spot_near_m = 0.05;

/// Bounds of the scene in the light's frame (x right, y up, z forward).
static void light_bounds(struct vec3 low, struct vec3 high, struct mat4 light_from_world,
                         struct vec3 *light_low, struct vec3 *light_high)
{
    *light_low = (struct vec3){DBL_MAX, DBL_MAX, DBL_MAX};
    *light_high = (struct vec3){-DBL_MAX, -DBL_MAX, -DBL_MAX};
    for (int corner = 0; corner < 8; corner++) {
        struct vec3 p = {corner & 1 ? high.x : low.x, corner & 2 ? high.y : low.y,
                         corner & 4 ? high.z : low.z};
        p = mat4_point(light_from_world, p);
        *light_low = (struct vec3){fmin(light_low->x, p.x), fmin(light_low->y, p.y),
                                   fmin(light_low->z, p.z)};
        *light_high = (struct vec3){fmax(light_high->x, p.x), fmax(light_high->y, p.y),
                                    fmax(light_high->z, p.z)};
    }
}

/// Rounds a half extent up in eighths of its power of two, so that it seldom changes while things move.
static double settle(double half)
{
    double step = exp2(floor(log2(fmax(half, 1e-3)))) / 8;
    return ceil(half / step) * step;
}

/// x and y to -1 .. 1 (y down), z to 0 .. 1.
static struct mat4 orthographic(struct vec3 low, struct vec3 high, double *texel_m)
{
    double half_x = settle((high.x - low.x) / 2), half_y = settle((high.y - low.y) / 2);
    double step_x = half_x * 2 / SHADOW_SIDE, step_y = half_y * 2 / SHADOW_SIDE;
    half_x += step_x;
    half_y += step_y;
    double x = round((low.x + high.x) / 2 / step_x) * step_x;
    double y = round((low.y + high.y) / 2 / step_y) * step_y;
    double margin = 0.01 + (high.z - low.z) * 0.01;
    double depth = high.z - low.z + 2 * margin;
    *texel_m = fmax(step_x, step_y);
    return (struct mat4){{1 / half_x, 0, 0, -x / half_x, 0, -1 / half_y, 0, y / half_y, 0, 0,
                          1 / depth, (margin - low.z) / depth, 0, 0, 0, 1}};
}

static struct mat4 perspective(double half_angle_deg, double far_m, struct vec3 middle,
                               double *texel_m)
{
    double tangent = tan(fmin(half_angle_deg, 80) * degrees) * 1.02, n = spot_near_m;
    double f = fmax(far_m * 1.01, n * 2);
    *texel_m = tangent * 2 / SHADOW_SIDE * fmax(middle.z, n);
    return (struct mat4){{1 / tangent, 0, 0, 0, 0, -1 / tangent, 0, 0, 0, 0, f / (f - n),
                          -n * f / (f - n), 0, 0, 1, 0}};
}

void shadow_aim(const struct scene *scene, struct shadow_view *view)
{
    *view = (struct shadow_view){0};
    size_t i = 0;
    while (i < scene->light_count &&
           (!scene->lights[i].shadows || scene->lights[i].type == SCENE_POINT))
        i++;
    struct vec3 low, high;
    if (i == scene->light_count || !scene_bounds(scene, &low, &high))
        return;
    const struct scene_light *light = &scene->lights[i];
    bool spot = light->type == SCENE_SPOT;
    struct vec3 up = fabs(light->direction.y) > 0.99 * vec3_length(light->direction)
                         ? (struct vec3){0, 0, 1}
                         : (struct vec3){0, 1, 0};
    struct mat4 light_from_world =
        mat4_inverse_affine(mat4_compose(spot ? light->position : (struct vec3){0, 0, 0},
                                         quat_look(light->direction, up), (struct vec3){1, 1, 1}));
    struct vec3 light_low, light_high;
    light_bounds(low, high, light_from_world, &light_low, &light_high);
    struct vec3 middle = vec3_scale(vec3_add(light_low, light_high), 0.5);
    struct mat4 clip_from_light =
        spot ? perspective(light->cone_outer_deg, light_high.z, middle, &view->texel_m)
             : orthographic(light_low, light_high, &view->texel_m);
    view->exists = true;
    view->light = (uint32_t)i;
    view->clip_from_world = mat4_multiply(clip_from_light, light_from_world);
}
