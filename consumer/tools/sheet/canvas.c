// An RGB picture to draw on.
#include "consumer/tools/sheet/canvas.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "consumer/tools/sheet/font.h"

bool canvas_init(struct canvas *canvas, uint32_t width, uint32_t height, struct rgb color)
{
    canvas->width = width;
    canvas->height = height;
    canvas->pixels = malloc((size_t)width * height * sizeof *canvas->pixels);
    if (canvas->pixels == NULL)
        return false;
    canvas_fill(canvas, 0, 0, width, height, color);
    return true;
}

void canvas_finish(struct canvas *canvas)
{
    free(canvas->pixels);
    canvas->pixels = NULL;
}

static uint32_t clip(uint32_t from, uint32_t length, uint32_t most)
{
    uint32_t left = from < most ? most - from : 0;
    return length < left ? length : left;
}

void canvas_fill(struct canvas *canvas, uint32_t x, uint32_t y, uint32_t width, uint32_t height,
                 struct rgb color)
{
    width = clip(x, width, canvas->width);
    height = clip(y, height, canvas->height);
    for (uint32_t j = 0; j < height; j++) {
        struct rgb *row = canvas->pixels + (size_t)(y + j) * canvas->width + x;
        for (uint32_t i = 0; i < width; i++)
            row[i] = color;
    }
}

static void put_letter(struct canvas *canvas, uint32_t x, uint32_t y, uint32_t scale,
                       struct rgb color, unsigned char letter)
{
    if (letter < FONT_FIRST || letter > FONT_LAST)
        letter = '?';
    for (uint32_t j = 0; j < FONT_HEIGHT; j++) {
        for (uint32_t i = 0; i < FONT_WIDTH; i++) {
            if (font_rows[letter - FONT_FIRST][j] >> (FONT_WIDTH - 1 - i) & 1)
                canvas_fill(canvas, x + i * scale, y + j * scale, scale, scale, color);
        }
    }
}

void canvas_text(struct canvas *canvas, uint32_t x, uint32_t y, uint32_t scale, struct rgb color,
                 const char *text)
{
    for (; *text != 0; text++, x += FONT_WIDTH * scale)
        put_letter(canvas, x, y, scale, color, (unsigned char)*text);
}

uint32_t canvas_text_width(uint32_t scale, const char *text)
{
    return (uint32_t)strlen(text) * FONT_WIDTH * scale;
}
