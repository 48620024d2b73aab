// The error line: one per thread, written where a failure is found, read by whoever reports it.
#ifndef COMMON_BASE_ERROR_H
#define COMMON_BASE_ERROR_H

#include <tachy/status.h>

/// Stores the line (control bytes escaped, cut at 1,023 bytes) and returns `status`: `return error_set(TACHY_INVALID, "...", ...)`.
tachy_status error_set(tachy_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#ifdef __clang_analyzer__
// What the analyzer cannot see from other files: it returns `status`, which is no TACHY_OK.
#define error_set(status, ...) ((void)(error_set)(status, __VA_ARGS__), (status))
#endif

/// This thread's last line; "" before the first. Never NULL.
const char *error_line(void);

#endif
