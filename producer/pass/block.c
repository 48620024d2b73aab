// The uniform block of one picture. Worked out in double precision: what reaches the device is rounded once.
#include "producer/pass/block.h"

#include <math.h>
#include <string.h>

static const double degrees = 3.14159265358979323846 / 180;

/// How much of the ambient light comes from below.
static const double ground_share = 0.45;

struct mat4 camera_matrix(const tachy_camera *camera)
{
    struct mat4 matrix;
    memcpy(matrix.m, camera->camera_from_world, sizeof matrix.m);
    return matrix;
}

static void set3(float out[4], struct vec3 v, double w)
{
    out[0] = (float)v.x;
    out[1] = (float)v.y;
    out[2] = (float)v.z;
    out[3] = (float)w;
}

/// clip = (x, y, reversed z, z): depth is 1 at near and 0 at far, where float32 is dense.
static void fill_lens(struct image_block *block, const tachy_camera *camera, uint32_t width,
                      uint32_t height)
{
    const double w = width, h = height, range = camera->far_m - camera->near_m;
    const double clip[4] = {2 * camera->fx / w, 2 * camera->fy / h, 2 * camera->cx / w - 1,
                            2 * camera->cy / h - 1};
    const double lens[4] = {camera->fx, camera->fy, camera->cx, camera->cy};
    for (size_t i = 0; i < 4; i++) {
        block->clip[i] = (float)clip[i];
        block->lens[i] = (float)lens[i];
    }
    block->range[0] = (float)(-camera->near_m / range);
    block->range[1] = (float)(camera->near_m * camera->far_m / range);
}

static void fill_shadow(struct image_block *block, struct mat4 camera_from_world,
                        const struct shadow_view *shadow)
{
    static const struct mat4 texture_from_clip = {
        {0.5, 0, 0, 0.5, 0, 0.5, 0, 0.5, 0, 0, 1, 0, 0, 0, 0, 1}};
    struct mat4 matrix = mat4_multiply(mat4_multiply(texture_from_clip, shadow->clip_from_world),
                                       mat4_inverse_affine(camera_from_world));
    for (int row = 0; row < 4; row++)
        for (int column = 0; column < 4; column++)
            block->shadow_from_view[column * 4 + row] = (float)matrix.m[row * 4 + column];
    block->range[2] = 1.0F / SHADOW_SIDE;
    block->range[3] = (float)(shadow->texel_m * 1.5);
}

static void fill_light(struct light_block *block, const struct scene_light *light,
                       struct mat4 camera_from_world, bool shadowed)
{
    struct vec3 color = {light->color[0], light->color[1], light->color[2]};
    double range4 = pow(light->range_m, 4);
    set3(block->position, mat4_point(camera_from_world, light->position),
         light->type == SCENE_DIRECTIONAL ? 0 : 1);
    set3(block->direction, vec3_normalize(mat4_direction(camera_from_world, light->direction)),
         range4 > 0 ? 1 / range4 : 0);
    set3(block->color, vec3_scale(color, light->intensity), shadowed ? 1 : 0);
    block->cone[0] = 0;
    block->cone[1] = 1;
    if (light->type != SCENE_SPOT)
        return;
    double outer = cos(light->cone_outer_deg * degrees);
    double inner = fmax(cos(light->cone_inner_deg * degrees), outer + 1e-4);
    block->cone[0] = (float)(1 / (inner - outer));
    block->cone[1] = (float)(-outer / (inner - outer));
}

void image_block_fill(struct image_block *block, const struct scene *scene,
                      const tachy_camera *camera, uint32_t width, uint32_t height,
                      const struct shadow_view *shadow)
{
    struct mat4 camera_from_world = camera_matrix(camera);
    struct vec3 ambient = {scene->ambient[0], scene->ambient[1], scene->ambient[2]};
    size_t count = scene->light_count < BLOCK_LIGHTS_MAX ? scene->light_count : BLOCK_LIGHTS_MAX;
    *block = (struct image_block){0};
    fill_lens(block, camera, width, height);
    set3(block->up, vec3_normalize(mat4_direction(camera_from_world, (struct vec3){0, 1, 0})),
         (double)count);
    set3(block->ambient, vec3_scale(ambient, 2 - 2 * ground_share), 0);
    set3(block->ground, vec3_scale(ambient, 2 * ground_share), 0);
    if (shadow->exists)
        fill_shadow(block, camera_from_world, shadow);
    for (size_t i = 0; i < count; i++)
        fill_light(&block->lights[i], &scene->lights[i], camera_from_world,
                   shadow->exists && shadow->light == i);
}
