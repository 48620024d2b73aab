// Planes as pictures: colour as it is, depth along a perceptual colour map with its scale, ids in their colours with names.
#include "consumer/tools/sheet/paint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"

const struct rgb paint_text = {236, 239, 244}, paint_muted = {150, 158, 172};
enum { LINE = 36 }; // of a legend
static const struct rgb nothing = {38, 42, 52};

static const void *pixel(const tachy_plane *plane, uint32_t x, uint32_t y, size_t pixel_bytes)
{
    return (const char *)plane->data + y * plane->row_bytes + x * pixel_bytes;
}

static void put(struct canvas *canvas, const struct paint_place *place, uint32_t x, uint32_t y,
                struct rgb color)
{
    canvas_fill(canvas, place->x + x * place->zoom, place->y + y * place->zoom, place->zoom,
                place->zoom, color);
}

// ---- color

static void paint_color(struct canvas *canvas, const struct paint_place *place,
                        const struct paint_source *source)
{
    const tachy_plane *plane = source->plane;
    for (uint32_t y = 0; y < plane->height; y++) {
        for (uint32_t x = 0; x < plane->width; x++) {
            const uint8_t *p = pixel(plane, x, y, 4);
            put(canvas, place, x, y, (struct rgb){p[0], p[1], p[2]});
        }
    }
    char text[80];
    int used = snprintf(text, sizeof text, "%u x %u", plane->width, plane->height);
    if (source->camera != NULL)
        snprintf(text + used, sizeof text - (size_t)used, ", %.1f degrees",
                 source->camera->fov_y_deg);
    canvas_text(canvas, place->x, place->legend_y, PAINT_TEXT_SCALE, paint_muted, text);
    canvas_text(canvas, place->x, place->legend_y + LINE, PAINT_TEXT_SCALE, paint_muted,
                source->caption);
}

// ---- depth

// Near is bright. Samples of matplotlib's viridis (CC0), even steps, linear between them.
static struct rgb depth_color(double t)
{
    static const uint8_t map[][3] = {{253, 231, 37}, {180, 222, 44}, {109, 205, 89}, {53, 183, 121},
                                     {31, 158, 137}, {38, 130, 142}, {49, 104, 142}, {62, 73, 137},
                                     {72, 40, 120},  {68, 1, 84}};
    enum { LAST = sizeof map / sizeof *map - 1 };
    double at = fmin(fmax(t, 0), 1) * LAST;
    int i = at < LAST ? (int)at : LAST - 1;
    double part = at - i;
    uint8_t c[3];
    for (int k = 0; k < 3; k++)
        c[k] = (uint8_t)lround(map[i][k] + (map[i + 1][k] - map[i][k]) * part);
    return (struct rgb){c[0], c[1], c[2]};
}

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

// What the scale spans: the nearest and the 99th percentile of a sample of what was hit. False: nothing was.
static bool depth_range(const tachy_plane *plane, double *near_m, double *far_m)
{
    enum { SAMPLES_MAX = 8192 };
    static float samples[SAMPLES_MAX];
    size_t pixels = (size_t)plane->width * plane->height, step = pixels / SAMPLES_MAX + 1,
           count = 0;
    for (size_t i = 0; i < pixels; i += step) {
        float z = *(const float *)pixel(plane, (uint32_t)(i % plane->width),
                                        (uint32_t)(i / plane->width), sizeof z);
        if (isfinite(z))
            samples[count++] = z;
    }
    if (count == 0)
        return false;
    qsort(samples, count, sizeof *samples, compare_floats);
    *near_m = samples[0];
    *far_m = fmax(samples[(count - 1) * 99 / 100], *near_m + 1e-3);
    return true;
}

static void depth_legend(struct canvas *canvas, const struct paint_place *place, uint32_t width,
                         double near_m, double far_m)
{
    enum { BAR_HEIGHT = 22, GAP = 8, TICKS = 5 };
    for (uint32_t i = 0; i < width; i++)
        canvas_fill(canvas, place->x + i, place->legend_y, 1, BAR_HEIGHT,
                    depth_color((double)i / (width - 1)));
    for (uint32_t i = 0; i < TICKS; i++) {
        char text[24];
        double metres = near_m + (far_m - near_m) * i / (TICKS - 1);
        snprintf(text, sizeof text, i == TICKS - 1 ? "%.2f m" : "%.2f", metres);
        uint32_t wide = canvas_text_width(PAINT_TEXT_SCALE, text);
        uint32_t at = width * i / (TICKS - 1);
        uint32_t left = i == 0 ? 0 : i == TICKS - 1 ? width - wide : at - wide / 2;
        canvas_text(canvas, place->x + left, place->legend_y + BAR_HEIGHT + GAP, PAINT_TEXT_SCALE,
                    paint_muted, text);
    }
}

static void paint_depth(struct canvas *canvas, const struct paint_place *place,
                        const struct paint_source *source)
{
    const tachy_plane *plane = source->plane;
    double near_m = 0, far_m = 1;
    bool any = depth_range(plane, &near_m, &far_m);
    for (uint32_t y = 0; y < plane->height; y++) {
        for (uint32_t x = 0; x < plane->width; x++) {
            float z = *(const float *)pixel(plane, x, y, sizeof z);
            put(canvas, place, x, y,
                isfinite(z) ? depth_color((z - near_m) / (far_m - near_m)) : nothing);
        }
    }
    if (any)
        depth_legend(canvas, place, plane->width * place->zoom, near_m, far_m);
    else
        canvas_text(canvas, place->x, place->legend_y, PAINT_TEXT_SCALE, paint_muted,
                    "nothing hit");
}

// ---- id

static struct rgb id_color(const struct paint_source *source, uint32_t id)
{
    if (id == 0 || id > source->identity_count)
        return nothing;
    const uint8_t *c = source->identities[id - 1].id_color;
    return (struct rgb){c[0], c[1], c[2]};
}

// The id with the most pixels that was not taken before; 0: none is left.
static uint32_t take_largest(uint32_t *counts, size_t identity_count)
{
    uint32_t best = 0;
    for (uint32_t id = 1; id <= identity_count; id++) {
        if (counts[id] > (best == 0 ? 0 : counts[best]))
            best = id;
    }
    counts[best] = 0;
    return best;
}

static void id_legend(struct canvas *canvas, const struct paint_place *place,
                      const struct paint_source *source, uint32_t *counts)
{
    enum { SWATCH = 22, GAP = 8, BETWEEN = 24, NAME_MAX_LETTERS = 14 };
    uint32_t width = source->plane->width * place->zoom, x = 0, line = 0, id;
    while ((id = take_largest(counts, source->identity_count)) != 0) {
        char name[NAME_MAX_LETTERS + 1];
        text_printable(source->identities[id - 1].name, name, sizeof name);
        uint32_t wide = SWATCH + GAP + canvas_text_width(PAINT_TEXT_SCALE, name);
        if (x != 0 && x + wide > width) {
            x = 0;
            line++;
        }
        if (line * LINE + SWATCH > PAINT_LEGEND_HEIGHT || wide > width)
            return;
        uint32_t y = place->legend_y + line * LINE;
        canvas_fill(canvas, place->x + x, y, SWATCH, SWATCH, id_color(source, id));
        canvas_text(canvas, place->x + x + SWATCH + GAP, y - 1, PAINT_TEXT_SCALE, paint_muted,
                    name);
        x += wide + BETWEEN;
    }
}

static void paint_id(struct canvas *canvas, const struct paint_place *place,
                     const struct paint_source *source)
{
    const tachy_plane *plane = source->plane;
    uint32_t *counts = calloc(source->identity_count + 1, sizeof *counts);
    for (uint32_t y = 0; y < plane->height; y++) {
        for (uint32_t x = 0; x < plane->width; x++) {
            uint32_t id = *(const uint32_t *)pixel(plane, x, y, sizeof id);
            put(canvas, place, x, y, id_color(source, id));
            if (counts != NULL && id != 0 && id <= source->identity_count)
                counts[id]++;
        }
    }
    if (counts != NULL)
        id_legend(canvas, place, source, counts);
    free(counts);
}

static const struct painter painters[] = {
    {"color", "color", TACHY_U8, 4, paint_color},
    {"depth", "depth", TACHY_F32, 1, paint_depth},
    {"id", "id", TACHY_U32, 1, paint_id},
};

const struct painter *paint_find(const tachy_plane *plane)
{
    for (size_t i = 0; i < sizeof painters / sizeof *painters; i++) {
        const struct painter *painter = &painters[i];
        if (strcmp(painter->plane, plane->name) == 0 && painter->format == plane->format &&
            painter->channels == plane->channels)
            return painter;
    }
    return NULL;
}
