// The error line: one per thread, written where a failure is found, read by whoever reports it.
#ifndef COMMON_BASE_ERROR_H
#define COMMON_BASE_ERROR_H

#include <tachy/status.h>

/// Stores the line (control bytes escaped, cut at 1,023 bytes) and returns `status`: `return error_set(TACHY_INVALID, "...", ...)`.
tachy_status error_set(tachy_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/// TACHY_INVALID: `argument` of the public function `call` (__func__ there) is NULL.
tachy_status error_null(const char *call, const char *argument);

#ifdef __clang_analyzer__
// What the analyzer cannot see from other files: it returns `status`, which is no TACHY_OK.
#define error_set(status, ...) ((void)(error_set)(status, __VA_ARGS__), (status))
#define error_null(call, argument) ((void)(error_null)(call, argument), TACHY_INVALID)
#endif

/// This thread's last line; "" before the first. Never NULL.
const char *error_line(void);

#endif
