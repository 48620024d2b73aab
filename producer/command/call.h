// One command under way, as the functions behind the table see it: checked values, and how to fail.
#ifndef PRODUCER_COMMAND_CALL_H
#define PRODUCER_COMMAND_CALL_H

#include "producer/command/commands.h"

enum { FIELDS_MAX = 12 };

/// The value of a field, its default filled in.
struct command_value {
    bool given;
    double number;
    int64_t integer;
    bool flag;
    const char *text; ///< never NULL; lives as long as the call
    struct vec3 vector;
};

struct command_call {
    struct scene *scene;
    const struct command *command;
    struct command_value values[FIELDS_MAX]; ///< in the order of the table's fields
    bool missing; ///< it failed for want of an object or avatar that a later command may make
    struct command_error *error;
};

/// The value of the field of that name, which the table must have.
const struct command_value *call_value(const struct command_call *call, const char *field);

/// Fails: "`field` is <its value>; expected <text>".
tachy_status call_expected(struct command_call *call, tachy_status status, const char *field,
                           const char *format, ...) __attribute__((format(printf, 4, 5)));

/// Fails with a line of its own, such as another room's.
tachy_status call_fail(struct command_call *call, tachy_status status, const char *field,
                       const char *line);

/// The object named by field `id`, the avatar named by field `avatar_id`; or NULL, having failed.
struct scene_object *call_object(struct command_call *call);
struct scene_avatar *call_avatar(struct command_call *call);

#endif
