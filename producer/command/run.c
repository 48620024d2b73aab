// An array of commands: parsed, run in order, what names something missing tried once more at the end.
#include <assert.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "producer/command/check.h"
#include "producer/command/nearest.h"
#include "producer/command/number.h"
#include "producer/import/file.h"

/// One array under way.
struct run {
    struct scene *scene;
    struct json_object *array;
    size_t *waiting; ///< commands that named something missing, in order
    size_t waiting_count;
    struct command_errors errors;
};

static const char *command_name_at(const void *context, size_t index)
{
    (void)context;
    return index < command_count ? command_table[index].name : NULL;
}

static const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++) {
        if (strcmp(command_table[i].name, name) == 0)
            return &command_table[i];
    }
    return NULL;
}

// ---- parsing -----------------------------------------------------------------------------------------------------

static void error_at(struct command_error *error, const char *json, size_t offset, const char *why)
{
    error->index = -1;
    error->line = error->column = 1;
    for (size_t i = 0; i < offset; i++) {
        error->column = json[i] == '\n' ? 1 : error->column + 1;
        error->line += json[i] == '\n';
    }
    snprintf(error->message, sizeof error->message,
             "malformed JSON at line %" PRId64 ", column %" PRId64 ": %s", error->line,
             error->column, why);
}

/// False, and *error says where: an integer that json-c would hold back at the end of 64 bits, and so change.
static bool integers_fit(const char *json, size_t bytes, struct command_error *error)
{
    char why[128];
    size_t offset, length = number_find_beyond(json, bytes, &offset);
    if (!length)
        return true;
    snprintf(why, sizeof why, "%.*s%s does not fit in 64 bits", length > 64 ? 61 : (int)length,
             json + offset, length > 64 ? "..." : "");
    error_at(error, json, offset, why);
    return false;
}

/// NULL: malformed, or not an array, and *error says where.
static struct json_object *parse(const char *json, size_t bytes, struct command_error *error)
{
    struct json_tokener *tokener = json_tokener_new();
    if (!tokener)
        return NULL;
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *array = json_tokener_parse_ex(tokener, json, (int)bytes);
    enum json_tokener_error why = json_tokener_get_error(tokener);
    size_t offset = json_tokener_get_parse_end(tokener);
    json_tokener_free(tokener);
    if (why == json_tokener_continue)
        error_at(error, json, bytes, "it ends too early");
    else if (why != json_tokener_success)
        error_at(error, json, offset, json_tokener_error_desc(why));
    else if (!json_object_is_type(array, json_type_array))
        error_at(error, json, 0, "expected an array of commands, [...]");
    else if (integers_fit(json, bytes, error))
        return array;
    json_object_put(array);
    return NULL;
}

// ---- running -----------------------------------------------------------------------------------------------------

static tachy_status unknown_command(struct json_object *type, struct command_error *error)
{
    const char *name = json_object_get_string(type);
    char near[NEAREST_BYTES] = "";
    if (json_object_is_type(type, json_type_string))
        nearest_names(name, command_name_at, NULL, near);
    snprintf(error->field, sizeof error->field, "$type");
    snprintf(error->got, sizeof error->got, "%s",
             json_object_to_json_string_ext(type, JSON_C_TO_STRING_PLAIN));
    snprintf(error->expected, sizeof error->expected, "the name of a command%s", near);
    snprintf(error->message, sizeof error->message, "$type is %s; expected %s", error->got,
             error->expected);
    return TACHY_INVALID;
}

/// Runs command `index`. *missing: it named something that a later command may make.
static tachy_status run_one(struct run *run, size_t index, struct command_error *error,
                            bool *missing)
{
    struct json_object *command = json_object_array_get_idx(run->array, index), *type = NULL;
    *error = (struct command_error){.index = (int64_t)index};
    *missing = false;
    if (!json_object_is_type(command, json_type_object)) {
        snprintf(error->expected, sizeof error->expected, "an object with a \"$type\"");
        snprintf(error->message, sizeof error->message, "it is no object; expected %s",
                 error->expected);
        return TACHY_INVALID;
    }
    (void)json_object_object_get_ex(command, "$type", &type);
    const char *name =
        json_object_is_type(type, json_type_string) ? json_object_get_string(type) : "";
    snprintf(error->command, sizeof error->command, "%s", name);
    const struct command *found = command_find(name);
    if (!found)
        return unknown_command(type, error);
    struct command_call call = {.scene = run->scene, .command = found, .error = error};
    assert(found->field_count <= FIELDS_MAX);
    tachy_status status = check_fields(&call, command);
    if (!status)
        status = found->run(&call);
    *missing = call.missing;
    return status;
}

static void keep_error(struct run *run, const struct command_error *error)
{
    struct command_errors *errors = &run->errors;
    if (errors->count < COMMAND_ERRORS_MAX) {
        struct command_error *kept = &errors->kept[errors->count];
        *kept = *error;
        if (error->index >= 0)
            snprintf(kept->message, sizeof kept->message, "command %" PRId64 " (%s): %.400s",
                     error->index, *error->command ? error->command : "?", error->message);
    }
    errors->count++;
}

static void run_all(struct run *run)
{
    struct command_error error;
    bool missing;
    for (size_t i = 0; i < json_object_array_length(run->array); i++) {
        if (!run_one(run, i, &error, &missing))
            continue;
        if (missing)
            run->waiting[run->waiting_count++] = i;
        else
            keep_error(run, &error);
    }
    for (size_t i = 0; i < run->waiting_count; i++) {
        if (run_one(run, run->waiting[i], &error, &missing))
            keep_error(run, &error);
    }
}

tachy_status commands_run(struct scene *scene, const char *json, size_t bytes, const char *name,
                          struct command_errors *errors)
{
    struct run run = {.scene = scene};
    struct command_error error = {0};
    if (bytes > COMMAND_BYTES_MAX)
        return error_set(TACHY_INVALID, "%s: %zu bytes of commands; at most %d are taken at once",
                         name, bytes, COMMAND_BYTES_MAX);
    run.array = parse(json, bytes, &error);
    if (run.array) {
        size_t count = json_object_array_length(run.array);
        run.waiting = calloc(count ? count : 1, sizeof *run.waiting);
        if (run.waiting)
            run_all(&run);
    } else if (error.line) {
        keep_error(&run, &error);
    }
    bool ran = run.waiting != NULL;
    free(run.waiting);
    json_object_put(run.array);
    if (errors)
        *errors = run.errors;
    if (run.errors.count > 1)
        return error_set(TACHY_INVALID, "%s: %s (and %zu more errors)", name,
                         run.errors.kept[0].message, run.errors.count - 1);
    if (run.errors.count == 1)
        return error_set(TACHY_INVALID, "%s: %s", name, run.errors.kept[0].message);
    return ran ? TACHY_OK : error_set(TACHY_NO_MEMORY, "%s: no memory for its commands", name);
}

bool commands_have(const char *json, size_t bytes, const char *name)
{
    struct command_error error;
    struct json_object *array = bytes <= COMMAND_BYTES_MAX ? parse(json, bytes, &error) : NULL;
    bool found = false;
    for (size_t i = 0; array && !found && i < json_object_array_length(array); i++) {
        struct json_object *command = json_object_array_get_idx(array, i), *type = NULL;
        if (json_object_is_type(command, json_type_object) &&
            json_object_object_get_ex(command, "$type", &type))
            found = json_object_is_type(type, json_type_string) &&
                    strcmp(json_object_get_string(type), name) == 0;
    }
    json_object_put(array);
    return found;
}

// ---- files -------------------------------------------------------------------------------------------------------

tachy_status commands_read_file(const char *path, char **json, size_t *bytes)
{
    void *text = NULL;
    tachy_status status = file_read(path, COMMAND_BYTES_MAX, &text, bytes);
    if (status)
        return error_set(status, "commands %s; name a file with a JSON array of commands",
                         error_line());
    *json = text;
    return TACHY_OK;
}
