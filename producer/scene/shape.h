// Generated shapes: triangles of the unit shapes, placed, scaled and gathered into one mesh.
#ifndef PRODUCER_SCENE_SHAPE_H
#define PRODUCER_SCENE_SHAPE_H

#include <stdbool.h>

#include "producer/scene/scene.h"

/// Unit shapes fit the cube from -1/2 to 1/2 but for those that say otherwise. Texture coordinates of boxes and quads are in
/// metres of the scaled shape, those of round shapes go once around and once from top to bottom.
enum shape_kind {
    SHAPE_BOX,
    SHAPE_QUAD, ///< in the xz plane, seen from above
    SHAPE_SPHERE,
    SHAPE_CYLINDER,
    SHAPE_CONE,
    SHAPE_PYRAMID, ///< a cone of four sides, its base a square
    SHAPE_PRISM,   ///< a cylinder of three sides
    SHAPE_CAPSULE, ///< from -1 to 1 in y
    SHAPE_TORUS,   ///< 1 wide, 0.2 high
    SHAPE_PIPE,    ///< a cylinder with a hole of four fifths of its width
    SHAPE_BOWL,    ///< half a hollow sphere, open at the top, from -1/4 to 1/4 in y
    SHAPE_SHADE,   ///< a lampshade: a truncated cone without top and bottom
    SHAPE_POT,
    SHAPE_VASE,
    SHAPE_COUNT
};

struct shape_placing {
    struct vec3 position, size, euler_deg;
    bool stretch; ///< boxes and quads: each face shows the texture once, whatever its size
};

/// Appends a shape to a mesh that starts zeroed; the mesh's arrays grow. TACHY_NO_MEMORY: the mesh is as before.
tachy_status shape_append(struct scene_mesh *mesh, enum shape_kind kind,
                          const struct shape_placing *placing);

#endif
