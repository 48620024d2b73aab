// How a command ends.
#include "consumer/tools/outcome.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"

enum { LINE_BYTES = 2048 };

int outcome_say(int outcome, const char *format, ...)
{
    char raw[LINE_BYTES], line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    text_printable(raw, line, sizeof line);
    fprintf(stderr, "tachy: %s\n", line);
    return outcome;
}

static int outcome_from(tachy_status status)
{
    switch (status) {
    case TACHY_OK:
        return OUTCOME_OK;
    case TACHY_NOT_FOUND:
        return OUTCOME_NO_STREAM;
    case TACHY_EMPTY:
    case TACHY_TIMED_OUT:
        return OUTCOME_TIMEOUT;
    case TACHY_CLOSED:
    case TACHY_GONE:
        return OUTCOME_GONE;
    default:
        return OUTCOME_ERROR;
    }
}

int outcome_because(tachy_status status, const char *why)
{
    return outcome_say(outcome_from(status), "%s", *why != 0 ? why : tachy_status_name(status));
}

int outcome_of(tachy_status status)
{
    return outcome_because(status, tachy_error());
}

int outcome_printed(int outcome)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return outcome_say(OUTCOME_ERROR, "cannot write to standard output: %s", strerror(errno));
    return outcome;
}
