// An RGB picture to draw on: boxes and text. What falls outside is left out.
#ifndef CONSUMER_TOOLS_SHEET_CANVAS_H
#define CONSUMER_TOOLS_SHEET_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

struct rgb {
    uint8_t r, g, b;
};

struct canvas {
    uint32_t width, height;
    struct rgb *pixels; ///< rows, side by side
};

/// False: no memory. End it by canvas_finish.
bool canvas_init(struct canvas *canvas, uint32_t width, uint32_t height, struct rgb color);
void canvas_finish(struct canvas *canvas);

void canvas_fill(struct canvas *canvas, uint32_t x, uint32_t y, uint32_t width, uint32_t height,
                 struct rgb color);

/// Letters of 8 x 13 pixels, times `scale`; (x, y) is the top left corner. Bytes that are not ASCII show as '?'.
void canvas_text(struct canvas *canvas, uint32_t x, uint32_t y, uint32_t scale, struct rgb color,
                 const char *text);
uint32_t canvas_text_width(uint32_t scale, const char *text);

#endif
