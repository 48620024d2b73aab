// The contact sheet: where everything goes.
#include "consumer/tools/sheet/sheet.h"

#include <stddef.h>

#include "consumer/tools/sheet/paint.h"

enum {
    MARGIN = 32,
    GAP = 24, // between pictures
    TITLE_SCALE = 3,
    TITLE_HEIGHT = 128, // both lines of the head
    LABEL_HEIGHT = 40,
    CELL_WIDTH_MIN = 480, // smaller pictures are enlarged
    LEGEND_GAP = 12,
};

static const struct rgb paper = {20, 23, 29}, accent = {253, 231, 37};

static uint32_t zoom_of(const tachy_plane *plane)
{
    return (CELL_WIDTH_MIN + plane->width - 1) / plane->width;
}

static uint32_t cell_width(const tachy_plane *plane)
{
    return plane->width * zoom_of(plane);
}

static uint32_t view_width(const struct sheet_view *view)
{
    uint32_t width = 0;
    for (size_t i = 0; i < view->plane_count; i++)
        width += (i == 0 ? 0 : GAP) + cell_width(view->planes[i]);
    return width;
}

static uint32_t view_height(const struct sheet_view *view)
{
    const tachy_plane *plane = view->planes[0];
    return LABEL_HEIGHT + plane->height * zoom_of(plane) + LEGEND_GAP + PAINT_LEGEND_HEIGHT + GAP;
}

static void draw_view(struct canvas *canvas, const struct sheet_view *view, uint32_t y)
{
    canvas_text(canvas, MARGIN, y, PAINT_TEXT_SCALE, paint_text, view->label);
    uint32_t x = MARGIN;
    for (size_t i = 0; i < view->plane_count; i++) {
        const tachy_plane *plane = view->planes[i];
        const struct painter *painter = paint_find(plane);
        if (painter == NULL)
            continue;
        struct paint_place place = {.x = x, .y = y + LABEL_HEIGHT, .zoom = zoom_of(plane)};
        place.legend_y = place.y + plane->height * place.zoom + LEGEND_GAP;
        const struct paint_source source = {
            .plane = plane,
            .caption = view->caption,
            .camera = view->camera,
            .identities = view->identities,
            .identity_count = view->identity_count,
        };
        painter->paint(canvas, &place, &source);
        uint32_t wide = canvas_text_width(PAINT_TEXT_SCALE, painter->title);
        canvas_text(canvas, x + cell_width(plane) - wide, y, PAINT_TEXT_SCALE, accent,
                    painter->title);
        x += cell_width(plane) + GAP;
    }
}

bool sheet_draw(const struct sheet_view *views, size_t count, const char *title,
                const char *subtitle, struct canvas *canvas)
{
    uint32_t width = 0, height = TITLE_HEIGHT + MARGIN;
    for (size_t i = 0; i < count; i++) {
        if (views[i].plane_count == 0)
            return false;
        uint32_t wide = view_width(&views[i]);
        width = wide > width ? wide : width;
        height += view_height(&views[i]);
    }
    if (!canvas_init(canvas, width + 2 * MARGIN, height, paper))
        return false;
    canvas_text(canvas, MARGIN, MARGIN - 4, TITLE_SCALE, accent, title);
    canvas_text(canvas, MARGIN, MARGIN + 42, PAINT_TEXT_SCALE, paint_muted, subtitle);
    uint32_t y = TITLE_HEIGHT;
    for (size_t i = 0; i < count; i++) {
        draw_view(canvas, &views[i], y);
        y += view_height(&views[i]);
    }
    return true;
}
