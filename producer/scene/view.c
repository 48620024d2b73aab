// Where things are as a whole, and where to look at them from.
#include "producer/scene/scene.h"

#include <math.h>

bool scene_bounds(const struct scene *scene, struct vec3 *low, struct vec3 *high)
{
    struct vec3 lowest = (struct vec3){INFINITY, INFINITY, INFINITY},
                highest = (struct vec3){-INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < scene->object_count; i++) {
        const struct scene_model *model = &scene->models[scene->objects[i].model];
        struct mat4 world_from_object = scene_object_place(scene, &scene->objects[i]);
        for (unsigned corner = 0; corner < 8; corner++) {
            struct vec3 p = {corner & 1 ? model->high.x : model->low.x,
                             corner & 2 ? model->high.y : model->low.y,
                             corner & 4 ? model->high.z : model->low.z};
            p = mat4_point(world_from_object, p);
            lowest = (struct vec3){fmin(lowest.x, p.x), fmin(lowest.y, p.y), fmin(lowest.z, p.z)};
            highest =
                (struct vec3){fmax(highest.x, p.x), fmax(highest.y, p.y), fmax(highest.z, p.z)};
        }
    }
    if (!scene->object_count)
        return false;
    *low = lowest;
    *high = highest;
    return true;
}

/// In front: where a model's front (+z) is seen, a little from above and from the side, whole in the picture.
static void place_before_bounds(const struct scene *scene, struct scene_avatar *avatar)
{
    struct vec3 low = {-1, -1, -1}, high = {1, 1, 1};
    (void)scene_bounds(scene, &low,
                       &high); // nothing there: a place that suits what comes to the origin
    struct vec3 middle = vec3_scale(vec3_add(low, high), 0.5);
    double radius = fmax(vec3_length(vec3_subtract(high, low)) / 2, 1e-3);
    double narrow = fmin(1, (double)avatar->width / avatar->height);
    double half_angle = atan(tan(avatar->fov_y_deg * (M_PI / 360)) * narrow);
    double distance = radius / sin(half_angle);
    struct vec3 way = vec3_normalize((struct vec3){0.35, 0.25, 1});
    avatar->position = vec3_add(middle, vec3_scale(way, distance));
    avatar->rotation = quat_look(vec3_scale(way, -1), (struct vec3){0, 1, 0});
    avatar->far_m = fmax(avatar->far_m, distance + 2 * radius);
    if (distance - radius < avatar->near_m)
        avatar->near_m = fmax((distance - radius) / 2, 1e-4);
}

void scene_place_avatar(const struct scene *scene, size_t index, struct scene_avatar *avatar)
{
    if (index >= scene->view_count) {
        place_before_bounds(scene, avatar);
        return;
    }
    const struct scene_view *view = &scene->views[index];
    avatar->position = view->position;
    avatar->rotation = view->rotation;
    avatar->motion = view->motion;
    if (view->fov_y_deg > 0)
        avatar->fov_y_deg = view->fov_y_deg;
    if (view->near_m > 0)
        avatar->near_m = view->near_m;
    if (view->far_m > 0)
        avatar->far_m = view->far_m;
}
