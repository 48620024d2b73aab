// What belongs to no stream: the error line and the version.
#include <tachy/status.h>

#include "common/base/error.h"
#include "common/base/version.h"

const char *tachy_error(void)
{
    return error_line();
}

const char *tachy_version(void)
{
    return TACHY_VERSION_STRING;
}
