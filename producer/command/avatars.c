// Commands of avatars.
#include "common/base/error.h"
#include "producer/command/nouns.h"

tachy_status avatar_create(struct command_call *call)
{
    struct scene_avatar *avatar;
    tachy_status status = scene_add_avatar(call->scene, call_value(call, "id")->text, &avatar);
    return status ? call_fail(call, status, "id", error_line()) : TACHY_OK;
}

tachy_status avatar_teleport(struct command_call *call)
{
    struct scene_avatar *avatar = call_avatar(call);
    if (!avatar)
        return TACHY_INVALID;
    avatar->position = call_value(call, "position")->vector;
    avatar->motion = (struct scene_motion){0};
    return TACHY_OK;
}

tachy_status avatar_look_at_position(struct command_call *call)
{
    struct scene_avatar *avatar = call_avatar(call);
    if (!avatar)
        return TACHY_INVALID;
    struct vec3 way = vec3_subtract(call_value(call, "position")->vector, avatar->position);
    if (vec3_length(way) < 1e-9)
        return call_expected(call, TACHY_INVALID, "position", "a place that the avatar is not at");
    avatar->rotation = quat_look(way, (struct vec3){0, 1, 0});
    return TACHY_OK;
}

tachy_status avatar_set_field_of_view(struct command_call *call)
{
    struct scene_avatar *avatar = call_avatar(call);
    if (!avatar)
        return TACHY_INVALID;
    avatar->fov_y_deg = call_value(call, "field_of_view")->number;
    return TACHY_OK;
}
