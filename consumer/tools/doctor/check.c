// What the checks of `tachy doctor` share.
#include "consumer/tools/doctor/check.h"

#include <stdarg.h>
#include <stdio.h>

void check_see(struct check_result *result, bool ok, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(result->seen, sizeof result->seen, format, arguments);
    va_end(arguments);
    result->ok = ok;
}

void check_advise(struct check_result *result, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(result->advice, sizeof result->advice, format, arguments);
    va_end(arguments);
}
