// Integers in JSON text that 64 bits do not hold.
#ifndef PRODUCER_COMMAND_NUMBER_H
#define PRODUCER_COMMAND_NUMBER_H

#include <stddef.h>

/// Finds the first integer of well-formed JSON outside -2^63 to 2^64 - 1, which json-c would quietly hold back at that end.
/// Its length in characters, and its place in *offset; 0: there is none.
size_t number_find_beyond(const char *json, size_t bytes, size_t *offset);

#endif
