// What the library's models are made of, as data: swatches (materials) and models of placed shapes.
#ifndef PRODUCER_SCENE_FURNITURE_H
#define PRODUCER_SCENE_FURNITURE_H

#include <stddef.h>

#include "producer/scene/paint.h"
#include "producer/scene/shape.h"

enum swatch_kind {
    SWATCH_PLAIN,
    SWATCH_CHECKER,
    SWATCH_OAK,
    SWATCH_FLOOR,
    SWATCH_PLASTER,
    SWATCH_WHITE,
    SWATCH_FABRIC,
    SWATCH_CUSHION,
    SWATCH_RUG,
    SWATCH_BRASS,
    SWATCH_STEEL,
    SWATCH_SHADE,
    SWATCH_GLOW,
    SWATCH_STRIPES,
    SWATCH_GLOBE,
    SWATCH_PICTURE,
    SWATCH_CLAY,
    SWATCH_LEAF,
    SWATCH_PORCELAIN,
    SWATCH_RUBBER,
    SWATCH_RED,
    SWATCH_ORANGE,
    SWATCH_YELLOW,
    SWATCH_GREEN,
    SWATCH_BLUE,
    SWATCH_PURPLE,
    SWATCH_COUNT
};

struct swatch {
    const char *name;
    double color[3]; ///< sRGB, 0 to 1; times the paint
    double metallic, roughness, glow;
    enum paint_kind paint;
    bool double_sided;
};

extern const struct swatch swatch_table[SWATCH_COUNT];

struct furniture_piece {
    enum shape_kind shape;
    enum swatch_kind swatch;
    struct shape_placing placing;
};

/// Stands on y = 0 with its front along +z, but for what hangs: that hangs from its origin.
struct furniture {
    const char *name, *category;
    const struct furniture_piece *pieces;
    size_t piece_count;
};

extern const struct furniture furniture_table[];
extern const size_t furniture_count;

#endif
