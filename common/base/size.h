// Sizes that come from elsewhere: arithmetic that says when it would wrap.
#ifndef COMMON_BASE_SIZE_H
#define COMMON_BASE_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// *out = a + b, or false (and *out unchanged).
bool size_add(uint64_t a, uint64_t b, uint64_t *out);

/// *out = a * b, or false.
bool size_multiply(uint64_t a, uint64_t b, uint64_t *out);

/// *out = n rounded up to a multiple of `step` (a power of two), or false.
bool size_align(uint64_t n, uint64_t step, uint64_t *out);

#endif
