// Reading scene files with Assimp into the flat form. Only the assimp*.c files include the library.
#ifndef PRODUCER_IMPORT_ASSIMP_H
#define PRODUCER_IMPORT_ASSIMP_H

#include <stddef.h>
#include <tachy/status.h>

/// Reads a scene file; *flat is malloc'ed and has passed flat_check. Errors as import.h says.
tachy_status assimp_read(const char *path, void **flat, size_t *size);

#endif
