// Did you mean: the known names that are nearest to an unknown one.
#ifndef PRODUCER_COMMAND_NEAREST_H
#define PRODUCER_COMMAND_NEAREST_H

#include <stddef.h>

enum { NEAREST_BYTES = 160 };

/// Writes ", perhaps a, b or c" with the names nearest to `word`, or "" where none is near. `name_at` says the name at an index,
/// NULL past the end.
void nearest_names(const char *word, const char *(*name_at)(const void *context, size_t index),
                   const void *context, char near[NEAREST_BYTES]);

#endif
