// Command-line options: rows of a const table, one loop that reads them, and the help page made from the same rows.
#ifndef CONSUMER_TOOLS_OPTIONS_H
#define CONSUMER_TOOLS_OPTIONS_H

#include <stddef.h>

enum option_kind {
    OPTION_SWITCH,  ///< a bool
    OPTION_TEXT,    ///< a const char *
    OPTION_SECONDS, ///< an int64_t of nanoseconds
    OPTION_COUNT,   ///< a uint64_t
    OPTION_ABSENT,  ///< part of the design, refused by name
};

struct option_row {
    const char *name;     ///< "--output"
    const char *argument; ///< "FILE", or NULL
    enum option_kind kind;
    size_t offset; ///< of the value in the command's own struct
    const char *help;
};

/// What a command tells about itself. `--help`, `--log` and `--version` need no row.
struct option_page {
    const char *name;     ///< "snapshot"
    const char *synopsis; ///< "STREAM -o FILE [options]"
    const char *text;     ///< what it does, and examples
    const struct option_row *rows;
    size_t row_count;
    const char *operand;   ///< "STREAM", or NULL: the command takes none
    size_t operand_offset; ///< of its const char *
};

enum { OPTIONS_GO = -1 };

/// Fills `values` (the command's struct, holding the defaults) and returns OPTIONS_GO; any other value is the exit status
/// of a command that is done: its help was shown, or the line that says what is wrong.
int options_read(const struct option_page *page, int argc, char **argv, void *values);

#endif
