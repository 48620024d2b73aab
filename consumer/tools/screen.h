// A table that is printed again and again: in place on a terminal, one after the other elsewhere.
#ifndef CONSUMER_TOOLS_SCREEN_H
#define CONSUMER_TOOLS_SCREEN_H

#include <stdbool.h>

/// One refresh of the screen. Zeroed before the first.
struct screen {
    bool terminal, begun;
    unsigned columns, rows, row; ///< of the terminal, and where we are
};

/// Begins a refresh: on a terminal at its upper left corner, with its size as it is now.
void screen_begin(struct screen *screen);

/// One line, without its newline: on a terminal cut at its edge, and left out below its bottom.
void screen_line(struct screen *screen, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/// Ends a refresh: clears what an earlier one left below.
void screen_end(struct screen *screen);

#endif
