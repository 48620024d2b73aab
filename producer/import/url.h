// File URLs and percent-escapes.
#ifndef PRODUCER_IMPORT_URL_H
#define PRODUCER_IMPORT_URL_H

#include <stdbool.h>
#include <stddef.h>

/// Undoes %XX. False: a bad escape, an escaped NUL, or no room.
bool url_decode(const char *escaped, char *plain, size_t bytes);

#endif
