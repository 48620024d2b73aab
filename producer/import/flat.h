// One imported scene file in one flat, checked piece of memory: no pointers, only offsets from its start, so that it can
// cross from the process that parsed a hostile file. Nothing behind this form sees the importing library.
//
// Already in our world: metres, left-handed (glTF's x negated), y up, clockwise fronts, row 0 of textures on top.
#ifndef PRODUCER_IMPORT_FLAT_H
#define PRODUCER_IMPORT_FLAT_H

#include <stddef.h>
#include <stdint.h>
#include <tachy/status.h>

enum { FLAT_MAGIC = 0x54414c46, FLAT_VERSION = 1 };
#define FLAT_NONE UINT32_MAX ///< "no parent" and the like

/// `count` records at `offset` (a multiple of 16) from the start.
struct flat_array {
    uint64_t offset, count;
};

/// UTF-8 with a NUL, `bytes` long without it, in FLAT_TEXTS.
struct flat_text {
    uint32_t offset, bytes;
};

struct flat_node {
    struct flat_text name;
    uint32_t
        parent;     ///< an earlier node, or FLAT_NONE; so the order is depth-first and never cyclic
    uint32_t shell; ///< 1: the file marks it so
    uint32_t first_draw, draw_count;
    double local[16]; ///< row-major, parent_from_node; affine
};

struct flat_draw {
    uint32_t mesh, material;
};

struct flat_mesh {
    struct flat_text name;
    uint64_t first_vertex, vertex_count; ///< in FLAT_VERTICES
    uint64_t first_index, index_count;   ///< in FLAT_INDICES, relative to first_vertex
};

struct flat_material {
    struct flat_text name;
    double base_color[4], metallic, roughness, emissive[3], alpha_cutoff;
    uint32_t base_color_texture;
    uint32_t alpha; ///< enum scene_alpha
    uint32_t double_sided;
    uint32_t reserved;
};

struct flat_texture {
    struct flat_text name;
    uint64_t offset; ///< in FLAT_PIXELS: RGBA, 8 bits each, tightly packed
    uint32_t width, height, srgb, wrap_u, wrap_v, nearest;
};

struct flat_camera {
    struct flat_text name;
    uint32_t node, reserved;
    double fov_y_deg, near_m, far_m; ///< 0: not said; looks along +z of its node
};

struct flat_light {
    uint32_t node, type; ///< enum scene_light_type; goes along +z of its node
    double color[3], intensity, range_m, cone_inner_deg, cone_outer_deg;
};

enum flat_section {
    FLAT_NODES,
    FLAT_DRAWS,
    FLAT_MESHES,
    FLAT_VERTICES, ///< struct scene_vertex
    FLAT_INDICES,  ///< uint32_t
    FLAT_MATERIALS,
    FLAT_TEXTURES,
    FLAT_CAMERAS,
    FLAT_LIGHTS,
    FLAT_PIXELS, ///< bytes
    FLAT_TEXTS,  ///< bytes
    FLAT_SECTIONS
};

struct flat_header {
    uint32_t magic, version;
    uint64_t bytes; ///< of the whole
    struct flat_array arrays[FLAT_SECTIONS];
};

/// Bytes of one record of each section.
extern const size_t flat_record_bytes[FLAT_SECTIONS];

/// The records of a section.
const void *flat_records(const void *flat, enum flat_section section, size_t *count);

/// A text of a checked form; lives as long as that.
const char *flat_string(const void *flat, struct flat_text text);

/// TACHY_CORRUPT unless every offset, count, index and number is in range and finite; the line names the first that is not.
tachy_status flat_check(const void *bytes, size_t size, const char *file);

#endif
