// The contact sheet: one line of pictures per avatar, one column per plane, with labels and scales.
#ifndef CONSUMER_TOOLS_SHEET_SHEET_H
#define CONSUMER_TOOLS_SHEET_SHEET_H

#include <tachy/frame.h>

#include "consumer/tools/sheet/canvas.h"

enum { SHEET_PLANES_MAX = 8 };

/// What one avatar sees. Nothing is copied; it must stay until the sheet is drawn.
struct sheet_view {
    char label[96];   ///< above its pictures
    char caption[96]; ///< below the first
    const tachy_plane *planes[SHEET_PLANES_MAX];
    size_t plane_count;
    const tachy_camera *camera; ///< or NULL
    const tachy_identity *identities;
    size_t identity_count;
};

/// False: no memory, or no plane that can be shown. `canvas` is made here; end it by canvas_finish.
bool sheet_draw(const struct sheet_view *views, size_t count, const char *title,
                const char *subtitle, struct canvas *canvas);

#endif
