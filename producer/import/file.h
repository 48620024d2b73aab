// Whole files into memory.
#ifndef PRODUCER_IMPORT_FILE_H
#define PRODUCER_IMPORT_FILE_H

#include <stddef.h>
#include <tachy/status.h>

/// Reads a regular file of at most `bytes_max` bytes; the caller frees *bytes, which ends with a NUL beyond *size. The error line is only
/// the path and the reason: "/a/b.json: No such file or directory". TACHY_NOT_FOUND, TACHY_DENIED, TACHY_INVALID (no regular file, or too
/// large), TACHY_SYSTEM, TACHY_NO_MEMORY.
tachy_status file_read(const char *path, size_t bytes_max, void **bytes, size_t *size);

#endif
