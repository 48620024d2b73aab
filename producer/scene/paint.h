// Generated textures: each a function of a point, painted once into pixels.
#ifndef PRODUCER_SCENE_PAINT_H
#define PRODUCER_SCENE_PAINT_H

#include "producer/scene/scene.h"

enum paint_kind {
    PAINT_NONE,
    PAINT_PLANKS,  ///< a wooden floor
    PAINT_WOOD,    ///< one board
    PAINT_CHECKER, ///< two tones
    PAINT_STRIPES,
    PAINT_WEAVE,
    PAINT_RUG,
    PAINT_PLASTER,
    PAINT_LANDSCAPE, ///< a picture for the wall
    PAINT_GLOBE,
    PAINT_COUNT
};

/// A texture of that kind; the seed varies it. sRGB, repeats without a seam but for the rug, the landscape and the globe's poles.
tachy_status paint_texture(struct scene *scene, enum paint_kind kind, uint64_t seed,
                           uint32_t *texture);

#endif
