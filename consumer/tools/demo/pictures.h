// The demo's contact sheet: one frame of each stream, all its planes, as one PNG.
#ifndef CONSUMER_TOOLS_DEMO_PICTURES_H
#define CONSUMER_TOOLS_DEMO_PICTURES_H

#include <stddef.h>

enum { PICTURES_STREAMS_MAX = 2 };

/// Reads the streams by itself, as one more reader of each. OUTCOME_OK, or the exit status with a line said.
int pictures_write(const char *const *streams, size_t count, const char *path);

#endif
