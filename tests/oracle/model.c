// The default scene of a glTF file as world triangles: node hierarchy, transforms, winding, materials.
#include "tests/oracle/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/oracle/file.h"

enum { DEPTH_MAX = 64 };

/// Column-major, as glTF writes matrices.
struct matrix {
    double m[16];
};

struct walk {
    struct oracle_file file;
    const char *path;
    struct oracle_model *model;
    char *error; ///< 256 bytes
};

static const struct matrix identity = {{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}};

static struct matrix multiply(const struct matrix *a, const struct matrix *b)
{
    struct matrix product = {{0}};
    for (int column = 0; column < 4; column++)
        for (int row = 0; row < 4; row++)
            for (int k = 0; k < 4; k++)
                product.m[column * 4 + row] += a->m[k * 4 + row] * b->m[column * 4 + k];
    return product;
}

static double determinant(const struct matrix *a)
{
    const double *m = a->m;
    return m[0] * (m[5] * m[10] - m[9] * m[6]) - m[4] * (m[1] * m[10] - m[9] * m[2]) +
           m[8] * (m[1] * m[6] - m[5] * m[2]);
}

static void read_numbers(struct json_object *array, size_t count, double *out)
{
    for (size_t i = 0; i < count; i++) {
        struct json_object *element = oracle_element(array, (int64_t)i);
        if (element != NULL)
            out[i] = json_object_get_double(element);
    }
}

static struct matrix local_matrix(struct json_object *node)
{
    struct matrix local = identity;
    struct json_object *matrix = oracle_member(node, "matrix");
    if (matrix != NULL) {
        read_numbers(matrix, 16, local.m);
        return local;
    }
    double t[3] = {0, 0, 0}, r[4] = {0, 0, 0, 1}, s[3] = {1, 1, 1};
    read_numbers(oracle_member(node, "translation"), 3, t);
    read_numbers(oracle_member(node, "rotation"), 4, r);
    read_numbers(oracle_member(node, "scale"), 3, s);
    double x = r[0], y = r[1], z = r[2], w = r[3];
    const double rotation[3][3] = {
        {1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)},
        {2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)},
        {2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)},
    };
    for (int column = 0; column < 3; column++) {
        for (int row = 0; row < 3; row++)
            local.m[column * 4 + row] = rotation[column][row] * s[column];
        local.m[12 + column] = t[column];
    }
    return local;
}

uint32_t oracle_model_add_object(struct oracle_model *model, const char *name, bool shell)
{
    model->objects = realloc(model->objects, (model->object_count + 1) * sizeof *model->objects);
    struct oracle_object *object = &model->objects[model->object_count];
    *object = (struct oracle_object){.shell = shell};
    snprintf(object->name, sizeof object->name, "%s", name);
    return (uint32_t)model->object_count++;
}

void oracle_model_add_triangle(struct oracle_model *model, const struct oracle_triangle *triangle)
{
    // Grown at powers of two.
    if ((model->triangle_count & (model->triangle_count - 1)) == 0) {
        size_t room = model->triangle_count == 0 ? 1 : model->triangle_count * 2;
        model->triangles = realloc(model->triangles, room * sizeof *model->triangles);
    }
    model->triangles[model->triangle_count++] = *triangle;
}

/// The alpha channel of a material's base colour texture; none: texels stay NULL.
static bool read_alpha(struct walk *walk, struct json_object *surface, struct oracle_alpha *alpha)
{
    struct json_object *used = oracle_member(surface, "baseColorTexture");
    if (used == NULL)
        return true;
    struct json_object *json = walk->file.json;
    struct json_object *texture =
        oracle_element(oracle_member(json, "textures"), (int64_t)oracle_number(used, "index", -1));
    struct json_object *sampler = oracle_element(oracle_member(json, "samplers"),
                                                 (int64_t)oracle_number(texture, "sampler", -1));
    struct oracle_buffer image = {0};
    bool read = oracle_number(used, "texCoord", 0) == 0 &&
                oracle_image(&walk->file, walk->path, (int64_t)oracle_number(texture, "source", -1),
                             &image) &&
                oracle_alpha_decode(image.bytes, image.size, alpha);
    free(image.bytes);
    alpha->nearest = oracle_number(sampler, "magFilter", 9729) == 9728;
    if (!read)
        snprintf(walk->error, 256, "a texture that cannot be read decides about transparency");
    return read;
}

/// What is cut out of a material's surfaces in data planes: MASK below its cutoff, BLEND below one half. *cutout: index + 1, 0 = nothing.
static bool read_cutout(struct walk *walk, struct json_object *material, uint32_t *cutout)
{
    const char *mode = oracle_text(material, "alphaMode", "OPAQUE");
    *cutout = 0;
    if (strcmp(mode, "OPAQUE") == 0)
        return true;
    bool mask = strcmp(mode, "MASK") == 0;
    struct json_object *surface = oracle_member(material, "pbrMetallicRoughness");
    double factor[4] = {1, 1, 1, 1};
    read_numbers(oracle_member(surface, "baseColorFactor"), 4, factor);
    struct oracle_cutout entry = {
        .factor = factor[3], .cutoff = mask ? oracle_number(material, "alphaCutoff", 0.5) : 0.5};
    if (!read_alpha(walk, surface, &entry.alpha))
        return false;
    struct oracle_model *model = walk->model;
    model->cutouts = realloc(model->cutouts, (model->cutout_count + 1) * sizeof entry);
    model->cutouts[model->cutout_count] = entry;
    *cutout = (uint32_t)++model->cutout_count;
    return true;
}

static bool read_corner(struct walk *walk, int64_t positions, size_t vertex,
                        const struct matrix *world, double corner[3])
{
    double p[3];
    for (size_t axis = 0; axis < 3; axis++)
        if (!oracle_accessor(&walk->file, positions, vertex, axis, &p[axis]))
            return false;
    for (int row = 0; row < 3; row++)
        corner[row] = world->m[row] * p[0] + world->m[4 + row] * p[1] + world->m[8 + row] * p[2] +
                      world->m[12 + row];
    corner[0] = -corner[0]; // right-handed to left-handed
    return true;
}

struct primitive {
    int64_t positions, uvs, indices; ///< accessors; -1: none
    size_t count;
};

/// The triangle that starts at index `first`, its corners in this order.
static bool read_triangle(struct walk *walk, const struct primitive *primitive, size_t first,
                          const int order[3], const struct matrix *world,
                          struct oracle_triangle *triangle)
{
    for (size_t k = 0; k < 3; k++) {
        double index = (double)(first + k);
        const int corner = order[k];
        if (primitive->indices >= 0 &&
            !oracle_accessor(&walk->file, primitive->indices, first + k, 0, &index))
            return false;
        if (!read_corner(walk, primitive->positions, (size_t)index, world,
                         triangle->corner[corner]))
            return false;
        for (size_t axis = 0; axis < 2 && primitive->uvs >= 0; axis++)
            if (!oracle_accessor(&walk->file, primitive->uvs, (size_t)index, axis,
                                 &triangle->uv[corner][axis]))
                return false;
    }
    return true;
}

static bool add_primitive(struct walk *walk, struct json_object *json, const struct matrix *world,
                          uint32_t object)
{
    struct json_object *material = oracle_element(oracle_member(walk->file.json, "materials"),
                                                  (int64_t)oracle_number(json, "material", -1));
    struct json_object *attributes = oracle_member(json, "attributes");
    struct primitive primitive = {
        .positions = (int64_t)oracle_number(attributes, "POSITION", -1),
        .uvs = (int64_t)oracle_number(attributes, "TEXCOORD_0", -1),
        .indices = (int64_t)oracle_number(json, "indices", -1),
    };
    primitive.count = oracle_accessor_count(
        &walk->file, primitive.indices >= 0 ? primitive.indices : primitive.positions);
    if (oracle_number(json, "mode", 4) != 4 || oracle_member(json, "targets") != NULL) {
        snprintf(walk->error, 256, "a primitive that is no plain list of triangles");
        return false;
    }
    struct oracle_triangle triangle = {
        .object = object,
        .double_sided = json_object_get_boolean(oracle_member(material, "doubleSided")),
    };
    if (!read_cutout(walk, material, &triangle.cutout))
        return false;
    // Counter-clockwise is the front in the file; negating x and a mirroring node each turn that around.
    const int order[2][3] = {{0, 2, 1}, {0, 1, 2}};
    for (size_t i = 0; i + 2 < primitive.count; i += 3) {
        if (!read_triangle(walk, &primitive, i, order[determinant(world) < 0], world, &triangle)) {
            snprintf(walk->error, 256, "an accessor that cannot be read");
            return false;
        }
        oracle_model_add_triangle(walk->model, &triangle);
    }
    return true;
}

static bool add_mesh(struct walk *walk, struct json_object *node, const struct matrix *world)
{
    struct json_object *mesh = oracle_element(oracle_member(walk->file.json, "meshes"),
                                              (int64_t)oracle_number(node, "mesh", -1));
    if (mesh == NULL)
        return true;
    if (oracle_member(node, "skin") != NULL) {
        snprintf(walk->error, 256, "a skinned mesh");
        return false;
    }
    struct json_object *shell = oracle_member(oracle_member(node, "extras"), "shell");
    uint32_t object = oracle_model_add_object(walk->model, oracle_text(node, "name", ""),
                                              json_object_get_boolean(shell));
    snprintf(walk->model->objects[object].category, sizeof walk->model->objects[object].category,
             "%s", oracle_text(mesh, "name", ""));
    struct json_object *primitives = oracle_member(mesh, "primitives"), *primitive;
    for (int64_t i = 0; (primitive = oracle_element(primitives, i)) != NULL; i++)
        if (!add_primitive(walk, primitive, world, object))
            return false;
    return true;
}

static bool walk_node(struct walk *walk, int64_t index, const struct matrix *parent, int depth)
{
    struct json_object *node = oracle_element(oracle_member(walk->file.json, "nodes"), index);
    if (node == NULL || depth > DEPTH_MAX) {
        snprintf(walk->error, 256, "node %lld does not exist or lies too deep", (long long)index);
        return false;
    }
    struct matrix local = local_matrix(node);
    struct matrix world = multiply(parent, &local);
    if (!add_mesh(walk, node, &world))
        return false;
    struct json_object *children = oracle_member(node, "children"), *child;
    for (int64_t i = 0; (child = oracle_element(children, i)) != NULL; i++)
        if (!walk_node(walk, json_object_get_int64(child), &world, depth + 1))
            return false;
    return true;
}

bool oracle_model_load(const char *path, struct oracle_model *model, char error[256])
{
    *model = (struct oracle_model){0};
    struct walk walk = {.path = path, .model = model, .error = error};
    if (!oracle_file_open(path, &walk.file, error))
        return false;
    struct json_object *scene = oracle_element(oracle_member(walk.file.json, "scenes"),
                                               (int64_t)oracle_number(walk.file.json, "scene", 0));
    struct json_object *roots = oracle_member(scene, "nodes"), *root;
    bool whole = true;
    for (int64_t i = 0; whole && (root = oracle_element(roots, i)) != NULL; i++)
        whole = walk_node(&walk, json_object_get_int64(root), &identity, 0);
    oracle_file_close(&walk.file);
    if (!whole)
        oracle_model_unload(model);
    return whole;
}

void oracle_model_unload(struct oracle_model *model)
{
    for (size_t i = 0; i < model->cutout_count; i++)
        free(model->cutouts[i].alpha.texels);
    free(model->cutouts);
    free(model->triangles);
    free(model->objects);
    *model = (struct oracle_model){0};
}
