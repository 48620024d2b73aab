// What a glTF file's default scene shows, as world triangles in our conventions: metres, left-handed, y up, x negated.
#ifndef TESTS_ORACLE_MODEL_H
#define TESTS_ORACLE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/oracle/alpha.h"

struct oracle_triangle {
    double corner[3][3]; ///< cross(b - a, c - a) points outward
    double uv[3][2];     ///< where a texture decides about transparency
    uint32_t object;     ///< index into objects
    uint32_t cutout;     ///< index into cutouts + 1; 0: nothing is cut out of it
    bool double_sided;
};

/// What lets rays through: alpha = factor * texture, below the cutoff.
struct oracle_cutout {
    struct oracle_alpha alpha;
    double factor, cutoff;
};

struct oracle_object {
    char name[128];     ///< the node's; "" where it has none
    char category[128]; ///< the mesh's name
    bool shell;         ///< extras say `shell: true`: drawn, but with id 0
};

struct oracle_model {
    struct oracle_triangle *triangles;
    struct oracle_object *objects; ///< one per node with a mesh, depth-first
    struct oracle_cutout *cutouts;
    size_t triangle_count, object_count, cutout_count;
};

/// False, and a line in `error`, for a file that cannot be read or that uses what is not judged here: skins, morph targets,
/// other primitives than triangles, and sparse accessors.
bool oracle_model_load(const char *path, struct oracle_model *model, char error[256]);
void oracle_model_unload(struct oracle_model *model);

/// For scenes built by hand. Returns the object's index.
uint32_t oracle_model_add_object(struct oracle_model *model, const char *name, bool shell);
void oracle_model_add_triangle(struct oracle_model *model, const struct oracle_triangle *triangle);

#endif
