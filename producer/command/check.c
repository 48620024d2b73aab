// JSON values against the table's fields: types, bounds, defaults, and the exact words of what is wrong.
#include "producer/command/check.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "producer/command/nearest.h"

/// "field_of_view is NaN; expected a finite number, 1 to 179 degrees".
static tachy_status wrong(struct command_call *call, const char *field, struct json_object *got,
                          const char *expected)
{
    struct command_error *error = call->error;
    snprintf(error->field, sizeof error->field, "%s", field);
    const char *text = got ? json_object_to_json_string_ext(got, JSON_C_TO_STRING_PLAIN) : "null";
    snprintf(error->got, sizeof error->got, "%s", text);
    snprintf(error->expected, sizeof error->expected, "%s", expected);
    snprintf(error->message, sizeof error->message, "%s is %s; expected %s", field, error->got,
             expected);
    return TACHY_INVALID;
}

static bool is_bounded(const struct command_field *field)
{
    return field->low != 0 || field->high != 0;
}

static tachy_status wrong_number(struct command_call *call, const struct command_field *field,
                                 const char *name, struct json_object *got)
{
    const char *unit = field->unit ? field->unit : "", *space = *unit ? " " : "";
    bool integer = field->type == FIELD_INTEGER;
    const char *kind = integer ? "an integer" : "a finite number";
    char expected[128];
    if (is_bounded(field))
        snprintf(expected, sizeof expected, "%s, %.10g to %.10g%s%s", kind, field->low, field->high,
                 space, unit);
    else if (integer)
        snprintf(expected, sizeof expected, "%s, %" PRId64 " to %" PRId64, kind, INT64_MIN,
                 INT64_MAX);
    else
        snprintf(expected, sizeof expected, "%s%s%s", kind, *unit ? ", " : "", unit);
    return wrong(call, name, got, expected);
}

static bool is_number(struct json_object *json)
{
    return json_object_is_type(json, json_type_double) || json_object_is_type(json, json_type_int);
}

/// `name` may be that of a component.
static tachy_status check_number(struct command_call *call, const struct command_field *field,
                                 const char *name, struct json_object *json, double *number)
{
    double value = is_number(json) ? json_object_get_double(json) : NAN;
    if (!isfinite(value) || (is_bounded(field) && (value < field->low || value > field->high)))
        return wrong_number(call, field, name, json);
    *number = value;
    return TACHY_OK;
}

/// An int64_t by value; exact where the file says an integer, and never by way of a double.
static bool integer_of(struct json_object *json, int64_t *integer)
{
    double value = is_number(json) ? json_object_get_double(json) : NAN;
    bool written = json_object_is_type(json, json_type_int);
    *integer = json_object_get_int64(json); // holds back at the ends
    if (written)
        return *integer < 0 || json_object_get_uint64(json) <= INT64_MAX;
    return value >= -0x1p63 && value < 0x1p63 && value == floor(value);
}

static tachy_status check_integer(struct command_call *call, const struct command_field *field,
                                  struct json_object *json, int64_t *integer)
{
    int64_t value;
    if (!integer_of(json, &value))
        return wrong_number(call, field, field->name, json);
    if (is_bounded(field) && ((double)value < field->low || (double)value > field->high))
        return wrong_number(call, field, field->name, json);
    *integer = value;
    return TACHY_OK;
}

static tachy_status check_text(struct command_call *call, const struct command_field *field,
                               struct json_object *json, const char **text)
{
    if (!json_object_is_type(json, json_type_string))
        return wrong(call, field->name, json, "a text");
    const char *value = json_object_get_string(json);
    if (strlen(value) != (size_t)json_object_get_string_len(json))
        return wrong(call, field->name, json, "a text without NUL");
    if (field->only && strcmp(value, field->only) != 0) {
        char expected[128];
        snprintf(expected, sizeof expected, "\"%s\", the only one there is yet", field->only);
        return wrong(call, field->name, json, expected);
    }
    *text = value;
    return TACHY_OK;
}

static tachy_status check_vector(struct command_call *call, const struct command_field *field,
                                 struct json_object *json, struct vec3 *vector)
{
    if (!json_object_is_type(json, json_type_object))
        return wrong(call, field->name, json, "an object {\"x\", \"y\", \"z\"} of finite numbers");
    double parts[3] = {0, 0, 0};
    json_object_object_foreach(json, key, part)
    {
        char name[64];
        snprintf(name, sizeof name, "%s.%.16s", field->name, key);
        if (strlen(key) != 1 || key[0] < 'x' || key[0] > 'z')
            return wrong(call, name, part, "x, y and z alone");
        tachy_status status = check_number(call, field, name, part, &parts[key[0] - 'x']);
        if (status)
            return status;
    }
    *vector = (struct vec3){parts[0], parts[1], parts[2]};
    return TACHY_OK;
}

static tachy_status check_vectors(struct command_call *call, const struct command_field *field,
                                  struct json_object *json)
{
    if (!json_object_is_type(json, json_type_array))
        return wrong(call, field->name, json, "an array of objects {\"x\", \"y\", \"z\"}");
    struct vec3 vector;
    for (size_t i = 0; i < json_object_array_length(json); i++) {
        tachy_status status =
            check_vector(call, field, json_object_array_get_idx(json, i), &vector);
        if (status)
            return status;
    }
    return TACHY_OK;
}

static tachy_status check_value(struct command_call *call, const struct command_field *field,
                                struct json_object *json, struct command_value *value)
{
    switch (field->type) {
    case FIELD_NUMBER:
        return check_number(call, field, field->name, json, &value->number);
    case FIELD_INTEGER:
        return check_integer(call, field, json, &value->integer);
    case FIELD_BOOL:
        if (!json_object_is_type(json, json_type_boolean))
            return wrong(call, field->name, json, "true or false");
        value->flag = json_object_get_boolean(json);
        return TACHY_OK;
    case FIELD_TEXT:
        return json ? check_text(call, field, json, &value->text) : TACHY_OK; // null: the default
    case FIELD_VECTOR:
        return check_vector(call, field, json, &value->vector);
    case FIELD_VECTORS:
        return check_vectors(call, field, json);
    }
    return TACHY_OK;
}

static const char *field_name_at(const void *context, size_t index)
{
    const struct command *command = context;
    return index < command->field_count ? command->fields[index].name : NULL;
}

static tachy_status check_known(struct command_call *call, const char *key,
                                struct json_object *json)
{
    for (size_t i = 0; i < call->command->field_count; i++) {
        if (strcmp(call->command->fields[i].name, key) == 0)
            return TACHY_OK;
    }
    char near[NEAREST_BYTES], expected[192], name[64];
    nearest_names(key, field_name_at, call->command, near);
    snprintf(name, sizeof name, "%s", key);
    snprintf(expected, sizeof expected, "a field of %s%s", call->command->name, near);
    return wrong(call, name, json, expected);
}

tachy_status check_fields(struct command_call *call, struct json_object *command)
{
    tachy_status status;
    json_object_object_foreach(command, key, json)
    {
        if (strcmp(key, "$type") == 0)
            continue;
        status = check_known(call, key, json);
        if (status)
            return status;
    }
    for (size_t i = 0; i < call->command->field_count; i++) {
        const struct command_field *field = &call->command->fields[i];
        struct command_value *value = &call->values[i];
        value->number = field->standard;
        value->integer = (int64_t)field->standard;
        value->flag = field->standard != 0;
        value->text = field->standard_text ? field->standard_text : "";
        struct json_object *given;
        value->given = json_object_object_get_ex(command, field->name, &given);
        if (!value->given && field->required)
            return wrong(call, field->name, NULL, "a value: it must be given");
        status = value->given ? check_value(call, field, given, value) : TACHY_OK;
        if (status)
            return status;
    }
    return TACHY_OK;
}
