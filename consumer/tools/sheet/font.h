// The letters of the contact sheet.
#ifndef CONSUMER_TOOLS_SHEET_FONT_H
#define CONSUMER_TOOLS_SHEET_FONT_H

enum { FONT_WIDTH = 8, FONT_HEIGHT = 13, FONT_FIRST = 32, FONT_LAST = 126 };

/// Row y of letter c is font_rows[c - FONT_FIRST][y]; the leftmost pixel is the highest bit.
extern const unsigned char font_rows[FONT_LAST - FONT_FIRST + 1][FONT_HEIGHT];

#endif
