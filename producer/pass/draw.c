// The draw list of a frame.
#include "producer/pass/draw.h"

#include <math.h>
#include <stdlib.h>

#include "common/base/error.h"

static double longest_axis(const struct mat4 *a)
{
    double longest = 0;
    for (int column = 0; column < 3; column++) {
        struct vec3 axis = {a->m[column], a->m[4 + column], a->m[8 + column]};
        longest = fmax(longest, vec3_length(axis));
    }
    return longest;
}

static struct draw make_draw(const struct scene *scene, const struct scene_object *object,
                             const struct scene_part *part)
{
    const struct scene_mesh *mesh = &scene->meshes[part->mesh];
    struct draw draw = {.mesh = part->mesh, .material = part->material, .row = object->row};
    draw.world_from_part = mat4_multiply(object->world_from_object, part->model_from_part);
    draw.mirrored = mat4_determinant3(draw.world_from_part) < 0;
    struct vec3 middle = vec3_scale(vec3_add(mesh->low, mesh->high), 0.5);
    draw.center = mat4_point(draw.world_from_part, middle);
    // An axis can grow by more than the longest column where a shear is: the square root of 3 bounds that.
    draw.radius = vec3_length(vec3_subtract(mesh->high, middle)) *
                  longest_axis(&draw.world_from_part) * 1.7320508075688774;
    return draw;
}

static tachy_status reserve(struct draw_list *list, size_t count)
{
    if (count <= list->capacity)
        return TACHY_OK;
    struct draw *draws = realloc(list->draws, count * 2 * sizeof *draws);
    if (!draws)
        return error_set(TACHY_NO_MEMORY, "no memory for %zu draws", count * 2);
    list->draws = draws;
    list->capacity = count * 2;
    return TACHY_OK;
}

static tachy_status add_alpha(struct draw_list *list, const struct scene *scene,
                              enum scene_alpha alpha)
{
    for (size_t i = 0; i < scene->object_count; i++) {
        const struct scene_object *object = &scene->objects[i];
        const struct scene_model *model = &scene->models[object->model];
        tachy_status status = reserve(list, list->count + model->part_count);
        if (status)
            return status;
        for (size_t p = 0; p < model->part_count; p++)
            if (scene->materials[model->parts[p].material].alpha == alpha) {
                list->draws[list->count] = make_draw(scene, object, &model->parts[p]);
                list->draws[list->count].order = (uint32_t)list->count;
                list->count++;
            }
    }
    return TACHY_OK;
}

static int compare(const void *left, const void *right)
{
    const struct draw *a = left, *b = right;
    if (a->material != b->material)
        return a->material < b->material ? -1 : 1;
    if (a->mesh != b->mesh)
        return a->mesh < b->mesh ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

tachy_status draw_list_gather(struct draw_list *list, const struct scene *scene)
{
    list->count = 0;
    tachy_status status = add_alpha(list, scene, SCENE_OPAQUE);
    list->first_mask = list->count;
    if (status == TACHY_OK)
        status = add_alpha(list, scene, SCENE_MASK);
    list->first_blend = list->count;
    if (status == TACHY_OK)
        status = add_alpha(list, scene, SCENE_BLEND);
    if (status)
        return status;
    if (list->first_mask > 1)
        qsort(list->draws, list->first_mask, sizeof *list->draws, compare);
    if (list->first_blend - list->first_mask > 1)
        qsort(list->draws + list->first_mask, list->first_blend - list->first_mask,
              sizeof *list->draws, compare);
    return TACHY_OK;
}

void draw_list_finish(struct draw_list *list)
{
    free(list->draws);
    *list = (struct draw_list){0};
}
