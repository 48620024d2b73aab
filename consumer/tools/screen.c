// A table that is printed again and again.
#include "consumer/tools/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LINE_BYTES = 512, COLUMNS = 80, ROWS = 24 };

void screen_begin(struct screen *screen)
{
    bool first = !screen->begun;
    struct winsize size = {0};
    screen->terminal = isatty(STDOUT_FILENO) != 0;
    screen->begun = true;
    screen->row = 0;
    if (!screen->terminal) {
        if (!first)
            putchar('\n');
        return;
    }
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    screen->columns = known && size.ws_col > 0 ? size.ws_col : COLUMNS;
    screen->rows = known && size.ws_row > 1 ? size.ws_row : ROWS;
    fputs(first ? "\x1b[H\x1b[2J" : "\x1b[H", stdout);
}

// Bytes of the first `columns` characters: a continuation byte of UTF-8 takes no place of its own.
static int cut(const char *line, unsigned columns)
{
    unsigned taken = 0;
    int at = 0;
    while (line[at] != 0) {
        bool starts = ((unsigned char)line[at] & 0xc0) != 0x80;
        if (starts && taken++ == columns)
            break;
        at++;
    }
    return at;
}

void screen_line(struct screen *screen, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    screen->row++;
    if (!screen->terminal)
        puts(line);
    else if (screen->row < screen->rows) // the last row stays free: a newline there would scroll
        printf("%.*s\x1b[K\n", cut(line, screen->columns), line);
}

void screen_end(struct screen *screen)
{
    if (!screen->terminal)
        return;
    fputs("\x1b[J", stdout); // before what stands in the last row
    if (screen->row >= screen->rows)
        printf("... %u more\r", screen->row - screen->rows + 1);
}
