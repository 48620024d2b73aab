// Text that came from elsewhere, made fit for a terminal or a log line.
#ifndef COMMON_BASE_TEXT_H
#define COMMON_BASE_TEXT_H

#include <stddef.h>

/// Copies `text` with control bytes, DEL, invalid UTF-8 and bidirectional marks written as \xNN. Always ends with NUL; cuts at `bytes`.
void text_printable(const char *text, char *printable, size_t bytes);

#endif
