// Generated shapes: boxes, and everything that a profile makes when it is turned about the y axis.
#include "producer/scene/shape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"

enum { PROFILE_POINTS_MAX = 40, ROUND_SEGMENTS = 32, SIDED = 8 };

/// From top to bottom as seen from outside: radius and height. A sharp profile has a face of its own between each two points.
struct profile {
    double points[PROFILE_POINTS_MAX][2];
    int count, segments;
    bool
        smooth; ///< between edges; around the axis everything is smooth that has more than SIDED segments
};

static const struct profile profile_fixed[SHAPE_COUNT] = {
    [SHAPE_CYLINDER] = {{{0, .5}, {.5, .5}, {.5, -.5}, {0, -.5}}, 4, ROUND_SEGMENTS, false},
    [SHAPE_CONE] = {{{0, .5}, {.5, -.5}, {0, -.5}}, 3, ROUND_SEGMENTS, false},
    [SHAPE_PYRAMID] = {{{0, .5}, {M_SQRT1_2, -.5}, {0, -.5}}, 3, 4, false},
    [SHAPE_PRISM] = {{{0, .5}, {.5, .5}, {.5, -.5}, {0, -.5}}, 4, 3, false},
    [SHAPE_PIPE] = {{{.4, -.5}, {.4, .5}, {.5, .5}, {.5, -.5}, {.4, -.5}},
                    5,
                    ROUND_SEGMENTS,
                    false},
    [SHAPE_SHADE] = {{{.3, .5}, {.5, -.5}}, 2, ROUND_SEGMENTS, false},
    [SHAPE_POT] =
        {{{0, .3}, {.42, .3}, {.42, .5}, {.5, .5}, {.5, .3}, {.44, .3}, {.34, -.5}, {0, -.5}},
         8,
         ROUND_SEGMENTS,
         false},
    [SHAPE_VASE] = {{{.10, -.2},
                     {.14, .2},
                     {.22, .5},
                     {.25, .5},
                     {.19, .3},
                     {.18, .22},
                     {.24, .12},
                     {.38, .02},
                     {.47, -.1},
                     {.5, -.22},
                     {.46, -.36},
                     {.36, -.46},
                     {.28, -.5},
                     {0, -.5}},
                    14,
                    ROUND_SEGMENTS,
                    true},
};

static void profile_add(struct profile *profile, double radius, double y)
{
    profile->points[profile->count][0] = radius;
    profile->points[profile->count][1] = y;
    profile->count++;
}

/// An arc about (radius, y) from angle `from` to `to`, degrees from the x axis toward the y axis.
static void profile_arc(struct profile *profile, double radius, double y, double size, double from,
                        double to, int steps)
{
    for (int i = 0; i <= steps; i++) {
        double angle = (from + (to - from) * i / steps) * (M_PI / 180);
        double x = radius + size * cos(angle);
        profile_add(profile, fabs(x) < 1e-12 ? 0 : x, y + size * sin(angle));
    }
}

/// Segments of a round shape of that size: small things need no more to look round.
static int round_segments(struct vec3 size)
{
    double width = sqrt(fabs(size.x * size.z));
    return width >= .6 ? ROUND_SEGMENTS : width >= .3 ? 24 : width >= .1 ? 16 : 12;
}

static struct profile profile_of(enum shape_kind kind, struct vec3 size)
{
    struct profile profile = profile_fixed[kind];
    int segments = round_segments(size);
    if (profile.segments == ROUND_SEGMENTS)
        profile.segments = segments;
    if (profile.count)
        return profile;
    profile.segments = segments;
    profile.smooth = true;
    switch (kind) {
    case SHAPE_CAPSULE:
        profile_arc(&profile, 0, .5, .5, 90, 0, segments / 4);
        profile_arc(&profile, 0, -.5, .5, 0, -90, segments / 4);
        break;
    case SHAPE_TORUS:
        profile_arc(&profile, .4, 0, .1, 180, -180, segments / 2);
        break;
    case SHAPE_BOWL:
        profile_arc(&profile, 0, .25, .46, -90, 0, segments / 4);
        profile_arc(&profile, 0, .25, .5, 0, -90, segments / 4);
        break;
    default: // a sphere
        profile_arc(&profile, 0, 0, .5, 90, -90, segments / 2);
        break;
    }
    return profile;
}

// ---- gathering ---------------------------------------------------------------------------------------------------

/// What is being built, and where it goes.
struct build {
    struct scene_mesh mesh;
    struct mat4 place;
    struct vec3 size;
    bool stretch;
};

static tachy_status build_grow(struct scene_mesh *mesh, uint32_t vertices, uint32_t indices)
{
    struct scene_vertex *more_vertices =
        reallocarray(mesh->vertices, mesh->vertex_count + vertices, sizeof *mesh->vertices);
    if (!more_vertices)
        return error_set(TACHY_NO_MEMORY, "shape: no memory for %u more vertices", vertices);
    mesh->vertices = more_vertices;
    uint32_t *more_indices =
        reallocarray(mesh->indices, mesh->index_count + indices, sizeof *mesh->indices);
    if (!more_indices)
        return error_set(TACHY_NO_MEMORY, "shape: no memory for %u more indices", indices);
    mesh->indices = more_indices;
    return TACHY_OK;
}

static void add_vertex(struct build *build, struct vec3 position, struct vec3 normal, double u,
                       double v)
{
    struct vec3 p = mat4_point(build->place, position);
    // A scaled surface's normal scales the other way round; `place` scales, then turns.
    struct vec3 size = build->size;
    struct vec3 bent = {normal.x / (size.x * size.x), normal.y / (size.y * size.y),
                        normal.z / (size.z * size.z)};
    struct vec3 n = vec3_normalize(mat4_direction(build->place, bent));
    build->mesh.vertices[build->mesh.vertex_count++] = (struct scene_vertex){
        .position = {(float)p.x, (float)p.y, (float)p.z},
        .normal = {(float)n.x, (float)n.y, (float)n.z},
        .uv = {(float)u, (float)v},
        .color = {UINT16_MAX, UINT16_MAX, UINT16_MAX, UINT16_MAX},
    };
}

static void add_triangle(struct build *build, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t *indices = build->mesh.indices + build->mesh.index_count;
    indices[0] = a;
    indices[1] = b;
    indices[2] = c;
    build->mesh.index_count += 3;
}

/// A square face at 1/2 along `normal`; `up` says which way its texture stands.
static void add_face(struct build *build, struct vec3 normal, struct vec3 up)
{
    struct vec3 right = vec3_cross(normal, up);
    struct vec3 size = build->size;
    double wide = fabs(right.x * size.x + right.y * size.y + right.z * size.z);
    double high = fabs(up.x * size.x + up.y * size.y + up.z * size.z);
    uint32_t first = build->mesh.vertex_count;
    for (int corner = 0; corner < 4; corner++) { // bottom left, top left, top right, bottom right
        double r = corner >= 2 ? .5 : -.5, u = corner == 1 || corner == 2 ? .5 : -.5;
        struct vec3 p =
            vec3_add(vec3_scale(normal, .5), vec3_add(vec3_scale(right, r), vec3_scale(up, u)));
        add_vertex(build, p, normal, (r + .5) * (build->stretch ? 1 : wide),
                   (.5 - u) * (build->stretch ? 1 : high));
    }
    add_triangle(build, first, first + 1, first + 2);
    add_triangle(build, first, first + 2, first + 3);
}

static tachy_status build_box(struct build *build)
{
    static const struct vec3 normals[6] = {{1, 0, 0},  {-1, 0, 0}, {0, 1, 0},
                                           {0, -1, 0}, {0, 0, 1},  {0, 0, -1}};
    tachy_status status = build_grow(&build->mesh, 24, 36);
    for (int i = 0; i < 6 && !status; i++) {
        bool level = normals[i].y != 0;
        add_face(build, normals[i], (struct vec3){0, !level, level});
    }
    return status;
}

static tachy_status build_quad(struct build *build)
{
    tachy_status status = build_grow(&build->mesh, 4, 6);
    if (status)
        return status;
    build->place = mat4_multiply(
        build->place,
        mat4_compose((struct vec3){0, -.5, 0}, (struct quat){0, 0, 0, 1}, (struct vec3){1, 1, 1}));
    add_face(build, (struct vec3){0, 1, 0}, (struct vec3){0, 0, 1});
    return TACHY_OK;
}

// ---- turned profiles ---------------------------------------------------------------------------------------------

static bool is_sided(const struct profile *profile)
{
    return profile->segments <= SIDED;
}

/// The outward normal of the profile's edge that starts at point `i`: (radius, height).
static void edge_normal(const struct profile *profile, int i, double normal[2])
{
    const double *a = profile->points[i], *b = profile->points[i + 1];
    // A flat side is nearer to the axis than the corners that its profile names.
    double wide = (b[0] - a[0]) * (is_sided(profile) ? cos(M_PI / profile->segments) : 1);
    double length = hypot(wide, b[1] - a[1]);
    normal[0] = length > 0 ? -(b[1] - a[1]) / length : 0;
    normal[1] = length > 0 ? wide / length : 0;
}

/// The normal at point `i` as the edge from `edge` sees it: of that edge alone, or between both neighbours.
static void point_normal(const struct profile *profile, int i, int edge, double normal[2])
{
    edge_normal(profile, edge, normal);
    int other = i == edge ? edge - 1 : edge + 1;
    if (!profile->smooth)
        return;
    const double *first = profile->points[0], *last = profile->points[profile->count - 1];
    bool closed = hypot(first[0] - last[0], first[1] - last[1]) < 1e-9;
    if (closed) // the last edge meets the first
        other = (other + profile->count - 1) % (profile->count - 1);
    if (other < 0 || other >= profile->count - 1) {
        if (profile->points[i][0] == 0) { // a pole
            normal[1] = copysign(1, normal[1]);
            normal[0] = 0;
        }
        return;
    }
    double beside[2];
    edge_normal(profile, other, beside);
    double x = normal[0] + beside[0], y = normal[1] + beside[1], length = hypot(x, y);
    if (length > 1e-9) {
        normal[0] = x / length;
        normal[1] = y / length;
    }
}

/// One vertex per segment and one that closes the ring; where sides are flat, two per segment with their side's normal.
static uint32_t ring_vertices(const struct profile *profile)
{
    return (uint32_t)(is_sided(profile) ? 2 * profile->segments : profile->segments + 1);
}

static void add_ring(struct build *build, const struct profile *profile, int point, int edge)
{
    double normal[2];
    point_normal(profile, point, edge, normal);
    double radius = profile->points[point][0], y = profile->points[point][1];
    bool sided = is_sided(profile);
    for (uint32_t i = 0; i < ring_vertices(profile); i++) {
        uint32_t side = sided ? i / 2 : i, step = sided ? side + i % 2 : i;
        double turn = (double)step / profile->segments;
        double half = sided ? .5 / profile->segments : 0; // sides stand square to the axes
        double angle = 2 * M_PI * (turn + half);
        double facing = sided ? 2 * M_PI * (side + 1.0) / profile->segments : angle;
        struct vec3 n = {normal[0] * cos(facing), normal[1], normal[0] * sin(facing)};
        struct vec3 p = {radius * cos(angle), y, radius * sin(angle)};
        add_vertex(build, p, n, turn, (double)point / (profile->count - 1));
    }
}

static tachy_status build_turned(struct build *build, enum shape_kind kind)
{
    struct profile profile = profile_of(kind, build->size);
    uint32_t edges = (uint32_t)(profile.count - 1), segments = (uint32_t)profile.segments;
    uint32_t stride = is_sided(&profile) ? 2 : 1;
    tachy_status status =
        build_grow(&build->mesh, edges * 2 * ring_vertices(&profile), edges * segments * 6);
    if (status)
        return status;
    for (int edge = 0; edge < profile.count - 1; edge++) {
        uint32_t upper = build->mesh.vertex_count;
        add_ring(build, &profile, edge, edge);
        uint32_t lower = build->mesh.vertex_count;
        add_ring(build, &profile, edge + 1, edge);
        for (uint32_t i = 0; i < segments; i++) {
            uint32_t a = upper + i * stride, b = lower + i * stride;
            if (profile.points[edge][0] > 0)
                add_triangle(build, a, a + 1, b);
            if (profile.points[edge + 1][0] > 0)
                add_triangle(build, a + 1, b + 1, b);
        }
    }
    return TACHY_OK;
}

tachy_status shape_append(struct scene_mesh *mesh, enum shape_kind kind,
                          const struct shape_placing *placing)
{
    struct build build = {
        *mesh,
        mat4_compose(placing->position, quat_from_euler(placing->euler_deg), placing->size),
        placing->size,
        placing->stretch,
    };
    tachy_status status = kind == SHAPE_BOX    ? build_box(&build)
                          : kind == SHAPE_QUAD ? build_quad(&build)
                                               : build_turned(&build, kind);
    *mesh = build.mesh; // arrays may have moved even where they could not grow
    return status;
}
