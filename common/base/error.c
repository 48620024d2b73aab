// The error line: one per thread.
#include "common/base/error.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/base/text.h"

enum { LINE_BYTES = 1024 };

static _Thread_local char line[LINE_BYTES];

tachy_status(error_set)(tachy_status status, const char *format, ...)
{
    char raw[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(raw, sizeof raw, format, arguments); // arguments may point into `line` itself
    va_end(arguments);
    text_printable(raw, line, sizeof line);
    return status;
}

tachy_status(error_null)(const char *call, const char *argument)
{
    return (error_set)(TACHY_INVALID, "%s: %s is NULL", call, argument);
}

const char *error_line(void)
{
    return line;
}
