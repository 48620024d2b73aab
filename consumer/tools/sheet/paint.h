// A plane as a picture with a legend under it: one const table, by the plane's name.
#ifndef CONSUMER_TOOLS_SHEET_PAINT_H
#define CONSUMER_TOOLS_SHEET_PAINT_H

#include <tachy/frame.h>

#include "consumer/tools/sheet/canvas.h"

/// Where the picture goes: its top left corner, and how many pixels wide and high one pixel of the plane becomes.
struct paint_place {
    uint32_t x, y, zoom;
    uint32_t legend_y;
};

struct paint_source {
    const tachy_plane *plane;
    const char *caption;
    const tachy_camera *camera; ///< or NULL
    const tachy_identity *identities;
    size_t identity_count;
};

enum { PAINT_LEGEND_HEIGHT = 68, PAINT_TEXT_SCALE = 2 };

extern const struct rgb paint_text, paint_muted;

struct painter {
    const char *plane, *title;
    tachy_format format;
    uint32_t channels;
    void (*paint)(struct canvas *canvas, const struct paint_place *place,
                  const struct paint_source *source);
};

/// The painter of a plane, or NULL: it has none.
const struct painter *paint_find(const tachy_plane *plane);

#endif
