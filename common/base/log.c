// The log: lines on stderr, by level.
#include "common/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"

static const char *const level_names[] = {"error", "warn", "info", "debug"};
static const char *log_program = "tachy";
static enum log_level log_shown = LOG_WARN;

void log_open(const char *program, enum log_level level)
{
    log_program = program;
    log_shown = level;
}

bool log_level_parse(const char *word, enum log_level *level)
{
    for (int i = LOG_ERROR; i <= LOG_DEBUG; i++) {
        if (strcmp(word, level_names[i]) == 0) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

void log_line(enum log_level level, const char *format, ...)
{
    if (level > log_shown)
        return;
    char raw[2048], line[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    text_printable(raw, line, sizeof line);
    fprintf(stderr, "%s: %s: %s\n", log_program, level_names[level],
            line); // one call: lines of threads stay whole
}
