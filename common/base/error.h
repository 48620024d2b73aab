// The error line: one per thread, written where a failure is found, read by whoever reports it.
#ifndef COMMON_BASE_ERROR_H
#define COMMON_BASE_ERROR_H

#include <tachy/status.h>

/// Stores the line (control bytes escaped, cut at 1,023 bytes) and returns `status`: `return error_set(TACHY_INVALID, "...", ...)`.
tachy_status error_set(tachy_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/// This thread's last line; "" before the first. Never NULL.
const char *error_line(void);

#endif
