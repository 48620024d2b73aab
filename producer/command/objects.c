// Commands of objects.
#include <string.h>

#include "common/base/error.h"
#include "producer/command/nearest.h"
#include "producer/command/nouns.h"
#include "producer/import/import.h"
#include "producer/scene/library.h"

static const char *library_name_at(const void *context, size_t index)
{
    (void)context;
    return library_name(index, NULL);
}

/// The model that the command means: of a file, or of the library.
static tachy_status call_model(struct command_call *call, uint32_t *model, const char **category)
{
    const char *name = call_value(call, "name")->text, *url = call_value(call, "url")->text;
    if (import_is_url(url)) {
        *category = name;
        tachy_status status = import_model_url(call->scene, url, model);
        return status ? call_fail(call, status, "url", error_line()) : TACHY_OK;
    }
    tachy_status status = library_model(call->scene, name, model, category);
    if (status == TACHY_NOT_FOUND) {
        char near[NEAREST_BYTES];
        nearest_names(name, library_name_at, NULL, near);
        return call_expected(call, status, "name",
                             "a built-in model%s, or a scene file as url \"file:///...\"", near);
    }
    return status ? call_fail(call, status, "name", error_line()) : TACHY_OK;
}

tachy_status object_add(struct command_call *call)
{
    int64_t id = call_value(call, "id")->integer;
    if (scene_find_object(call->scene, id))
        return call_expected(call, TACHY_EXISTS, "id", "an id that no object has yet");
    uint32_t model;
    const char *standard;
    tachy_status status = call_model(call, &model, &standard);
    if (status)
        return status;
    const char *category = call_value(call, "category")->text;
    struct scene_object *object;
    status = scene_add_object(call->scene, id, call_value(call, "name")->text,
                              category[0] ? category : standard, model,
                              call_value(call, "shell")->flag, &object);
    if (status)
        return call_fail(call, status, "id", error_line());
    double scale = call_value(call, "scale_factor")->number;
    object->position = call_value(call, "position")->vector;
    object->rotation = quat_from_euler(call_value(call, "rotation")->vector);
    object->scale = (struct vec3){scale, scale, scale};
    return TACHY_OK;
}

/// Where the middle of an object's bounds is, seen from its origin.
static struct vec3 centroid_arm(const struct scene *scene, const struct scene_object *object)
{
    const struct scene_model *model = &scene->models[object->model];
    struct vec3 middle = vec3_scale(vec3_add(model->low, model->high), 0.5);
    struct mat4 turned = mat4_compose((struct vec3){0, 0, 0}, object->rotation, object->scale);
    return mat4_point(turned, middle);
}

tachy_status object_teleport(struct command_call *call)
{
    struct scene_object *object = call_object(call);
    if (!object)
        return TACHY_INVALID;
    struct vec3 position = call_value(call, "position")->vector;
    if (!call_value(call, "absolute")->flag)
        position = vec3_add(object->position, position);
    else if (call_value(call, "use_centroid")->flag)
        position = vec3_subtract(position, centroid_arm(call->scene, object));
    object->position = position;
    object->motion = (struct scene_motion){0};
    return TACHY_OK;
}

tachy_status object_rotate_to_euler_angles(struct command_call *call)
{
    struct scene_object *object = call_object(call);
    if (!object)
        return TACHY_INVALID;
    struct vec3 before = centroid_arm(call->scene, object);
    object->rotation = quat_from_euler(call_value(call, "euler_angles")->vector);
    if (call_value(call, "use_centroid")->flag) {
        struct vec3 shift = vec3_subtract(before, centroid_arm(call->scene, object));
        object->position = vec3_add(object->position, shift);
    }
    return TACHY_OK;
}
