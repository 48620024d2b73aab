// One command under way: its values, and how it fails.
#include "producer/command/call.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "producer/command/nearest.h"

static size_t field_index(const struct command *command, const char *name)
{
    size_t i = 0;
    while (strcmp(command->fields[i].name, name) != 0) {
        i++;
        assert(i < command->field_count);
    }
    return i;
}

const struct command_value *call_value(const struct command_call *call, const char *field)
{
    return &call->values[field_index(call->command, field)];
}

static void value_describe(const struct command_call *call, const char *field, char *text,
                           size_t bytes)
{
    const struct command_value *value = call_value(call, field);
    switch (call->command->fields[field_index(call->command, field)].type) {
    case FIELD_NUMBER:
        snprintf(text, bytes, "%g", value->number);
        break;
    case FIELD_INTEGER:
        snprintf(text, bytes, "%" PRId64, value->integer);
        break;
    case FIELD_BOOL:
        snprintf(text, bytes, "%s", value->flag ? "true" : "false");
        break;
    case FIELD_TEXT:
        snprintf(text, bytes, "\"%.*s\"", (int)bytes - 3, value->text);
        break;
    default:
        snprintf(text, bytes, "(%g, %g, %g)", value->vector.x, value->vector.y, value->vector.z);
        break;
    }
}

tachy_status call_expected(struct command_call *call, tachy_status status, const char *field,
                           const char *format, ...)
{
    struct command_error *error = call->error;
    snprintf(error->field, sizeof error->field, "%s", field);
    value_describe(call, field, error->got, sizeof error->got);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->expected, sizeof error->expected, format, arguments);
    va_end(arguments);
    snprintf(error->message, sizeof error->message, "%s is %s; expected %s", field, error->got,
             error->expected);
    return status;
}

tachy_status call_fail(struct command_call *call, tachy_status status, const char *field,
                       const char *line)
{
    struct command_error *error = call->error;
    snprintf(error->field, sizeof error->field, "%s", field);
    value_describe(call, field, error->got, sizeof error->got);
    snprintf(error->message, sizeof error->message, "%s", line);
    return status;
}

struct scene_object *call_object(struct command_call *call)
{
    struct scene_object *object = scene_find_object(call->scene, call_value(call, "id")->integer);
    if (!object) {
        call->missing = true;
        call_expected(call, TACHY_INVALID, "id", "the id of an object that was added");
    }
    return object;
}

static const char *avatar_name(const void *scene, size_t index)
{
    const struct scene *s = scene;
    return index < s->avatar_count ? s->avatars[index].name : NULL;
}

struct scene_avatar *call_avatar(struct command_call *call)
{
    const char *name = call_value(call, "avatar_id")->text;
    struct scene_avatar *avatar = scene_find_avatar(call->scene, name);
    if (!avatar) {
        char near[NEAREST_BYTES];
        nearest_names(name, avatar_name, call->scene, near);
        call->missing = true;
        call_expected(call, TACHY_INVALID, "avatar_id", "the id of an avatar that was created%s",
                      near);
    }
    return avatar;
}
