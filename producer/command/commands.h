// Commands: JSON arrays that build and move the world. One const table says everything about every command.
#ifndef PRODUCER_COMMAND_COMMANDS_H
#define PRODUCER_COMMAND_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tachy/status.h>

#include "producer/scene/scene.h"

// ---- the table ---------------------------------------------------------------------------------------------------

enum field_type {
    FIELD_NUMBER,
    FIELD_INTEGER,
    FIELD_BOOL,
    FIELD_TEXT,
    FIELD_VECTOR, ///< {"x", "y", "z"}; a component that is missing is 0
    FIELD_VECTORS ///< an array of such: checked and not kept
};

struct command_field {
    const char *name;
    enum field_type type;
    bool required;
    const char *unit; ///< or NULL
    double low, high; ///< of numbers, integers and components; both 0 = no bounds but finite
    double standard;  ///< what a number, an integer or a bool is when the command does not say
    const char *standard_text; ///< the same of a text; NULL = ""
    const char *only;          ///< the one text that can be served yet; NULL = any
};

struct command_call;

struct command {
    const char *name, *noun;
    const char *help; ///< one line
    const struct command_field *fields;
    size_t field_count;
    tachy_status (*run)(struct command_call *call);
};

extern const struct command command_table[];
extern const size_t command_count;

// ---- running -----------------------------------------------------------------------------------------------------

enum { COMMAND_ERRORS_MAX = 16, COMMAND_BYTES_MAX = 64 << 20 };

/// What a reply says of one error. Texts are cut to fit, "" = null.
struct command_error {
    int64_t index;        ///< of the command in its array, from 0; -1: of the whole
    int64_t line, column; ///< from 1, where the JSON itself is malformed; else 0
    char command[64], field[64], got[96], expected[192];
    char message[512];
};

/// The first errors of an array; `count` goes on counting beyond those kept.
struct command_errors {
    size_t count;
    struct command_error kept[COMMAND_ERRORS_MAX];
};

/// Runs an array of commands in order. One that names an object or avatar which does not exist yet is tried once more after the
/// last. The others run on after an error, so that all errors are told at once. `name` (a file) is put before the error line;
/// `errors` may be NULL. TACHY_INVALID: at least one error; the error line tells the first. TACHY_NO_MEMORY.
tachy_status commands_run(struct scene *scene, const char *json, size_t bytes, const char *name,
                          struct command_errors *errors);

/// Whether an array has a command of that name; false of what is no array of commands.
bool commands_have(const char *json, size_t bytes, const char *name);

/// Reads a file of commands for commands_run; the caller frees *json. TACHY_NOT_FOUND, TACHY_DENIED, TACHY_INVALID (no regular file, or
/// more than COMMAND_BYTES_MAX), TACHY_SYSTEM, TACHY_NO_MEMORY.
tachy_status commands_read_file(const char *path, char **json, size_t *bytes);

#endif
