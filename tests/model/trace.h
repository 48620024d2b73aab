// What an execution that fails did, step by step.
#ifndef TESTS_MODEL_TRACE_H
#define TESTS_MODEL_TRACE_H

#include <stdint.h>

#include "tests/model/site.h"

/// One line, printed only while an execution is traced.
void trace_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// An operation that was made.
void trace_operation(const struct site *site, uint64_t value);

#endif
