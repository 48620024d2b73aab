// Commands of the screen.
#include "producer/command/nouns.h"

tachy_status screen_set_size(struct command_call *call)
{
    struct scene *scene = call->scene;
    uint32_t width = (uint32_t)call_value(call, "width")->integer;
    uint32_t height = (uint32_t)call_value(call, "height")->integer;
    if (scene->streams_exist)
        return call_fail(
            call, TACHY_BUSY, "width",
            "the streams exist already and their size is fixed; set it before the first frame");
    if (call_value(call, "avatar_id")->text[0]) {
        struct scene_avatar *avatar = call_avatar(call);
        if (!avatar)
            return TACHY_INVALID;
        avatar->width = width;
        avatar->height = height;
        return TACHY_OK;
    }
    for (size_t i = 0; i < scene->avatar_count; i++) {
        scene->avatars[i].width = width;
        scene->avatars[i].height = height;
    }
    scene->default_width = width;
    scene->default_height = height;
    return TACHY_OK;
}
