// The names of the status codes.
#include <tachy/status.h>

const char *tachy_status_name(tachy_status status)
{
#define NAME(s)                                                                                    \
    case s:                                                                                        \
        return #s
    switch (status) {
        NAME(TACHY_OK);
        NAME(TACHY_EMPTY);
        NAME(TACHY_TIMED_OUT);
        NAME(TACHY_CLOSED);
        NAME(TACHY_GONE);
        NAME(TACHY_CHANGED);
        NAME(TACHY_INTERRUPTED);
        NAME(TACHY_DEMOTED);
        NAME(TACHY_INVALID);
        NAME(TACHY_NO_MEMORY);
        NAME(TACHY_NOT_FOUND);
        NAME(TACHY_DENIED);
        NAME(TACHY_VERSION);
        NAME(TACHY_CORRUPT);
        NAME(TACHY_UNSUPPORTED);
        NAME(TACHY_BUSY);
        NAME(TACHY_SYSTEM);
        NAME(TACHY_EXISTS);
        NAME(TACHY_FULL);
    }
#undef NAME
    return "TACHY_?";
}
