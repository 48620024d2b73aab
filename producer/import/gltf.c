// The JSON of a glTF 2 file: what it says of its nodes, which need no names there.
#include "producer/import/gltf.h"

#include <endian.h>
#include <json-c/json.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JSON_DEPTH_MAX = 256 };

// ---- files -------------------------------------------------------------------------------------------------------

/// Where the JSON is in an open file: all of it, or a .glb's first chunk. False: neither.
static bool find_json(FILE *file, long *offset, long *bytes)
{
    uint32_t head[5] = {0}; // "glTF", version, bytes of all; bytes of the chunk, "JSON"
    bool binary = fread(head, sizeof head, 1, file) == 1 && memcmp(head, "glTF", 4) == 0;
    if (fseek(file, 0, SEEK_END) < 0)
        return false;
    long end = ftell(file);
    *offset = binary ? (long)sizeof head : 0;
    *bytes = binary ? (long)le32toh(head[3]) : end;
    return end >= 0 && *bytes > 0 && *bytes <= INT_MAX && *bytes <= end - *offset;
}

static struct json_object *parse(FILE *file)
{
    long offset, bytes;
    if (!find_json(file, &offset, &bytes) || fseek(file, offset, SEEK_SET) < 0)
        return NULL;
    char *text = malloc((size_t)bytes);
    struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX);
    struct json_object *json = NULL;
    if (text && tokener && fread(text, (size_t)bytes, 1, file) == 1)
        json = json_tokener_parse_ex(tokener, text, (int)bytes);
    if (tokener)
        json_tokener_free(tokener);
    free(text);
    return json;
}

// ---- members -----------------------------------------------------------------------------------------------------

static struct json_object *member(const struct json_object *object, const char *name)
{
    struct json_object *found = NULL;
    if (json_object_is_type(object, json_type_object))
        (void)json_object_object_get_ex(object, name, &found);
    return found;
}

static size_t count(const struct json_object *array)
{
    return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

static struct json_object *element(const struct json_object *array, int64_t i)
{
    return i >= 0 && (uint64_t)i < count(array) ? json_object_array_get_idx(array, (size_t)i)
                                                : NULL;
}

/// Element `i` of one of the file's lists.
static struct json_object *entry(const struct json_object *json, const char *list, int64_t i)
{
    return element(member(json, list), i);
}

static int64_t index_of(const struct json_object *value)
{
    int64_t index = json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : -1;
    return index >= 0 ? index : GLTF_NONE;
}

static double number(const struct json_object *object, const char *name, double standard)
{
    const struct json_object *value = member(object, name);
    bool is =
        json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double);
    return is ? json_object_get_double(value) : standard;
}

static struct json_object *punctual(const struct json_object *object)
{
    return member(member(object, "extensions"), "KHR_lights_punctual");
}

struct json_object *gltf_open(const char *path)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return NULL;
    struct json_object *json = parse(file);
    (void)fclose(file);
    struct json_object *version = member(member(json, "asset"), "version");
    if (json_object_is_type(version, json_type_string) &&
        strncmp(json_object_get_string(version), "2", 1) == 0)
        return json;
    json_object_put(json);
    return NULL;
}

void gltf_close(struct json_object *json)
{
    json_object_put(json);
}

// ---- nodes -------------------------------------------------------------------------------------------------------

size_t gltf_node_count(const struct json_object *json)
{
    return count(member(json, "nodes"));
}

static struct json_object *children(const struct json_object *json, int64_t node)
{
    if (node != GLTF_ROOT)
        return member(entry(json, "nodes", node), "children");
    int64_t shown = index_of(member(json, "scene"));
    return member(entry(json, "scenes", shown == GLTF_NONE ? 0 : shown), "nodes");
}

size_t gltf_child_count(const struct json_object *json, int64_t node)
{
    return count(children(json, node));
}

int64_t gltf_child(const struct json_object *json, int64_t node, size_t i)
{
    int64_t child = index_of(element(children(json, node), (int64_t)i));
    return child < (int64_t)gltf_node_count(json) ? child : GLTF_NONE;
}

int64_t gltf_root(const struct json_object *json)
{
    return gltf_child_count(json, GLTF_ROOT) == 1 ? gltf_child(json, GLTF_ROOT, 0) : GLTF_ROOT;
}

int64_t gltf_node_camera(const struct json_object *json, int64_t node)
{
    return index_of(member(entry(json, "nodes", node), "camera"));
}

int64_t gltf_node_light(const struct json_object *json, int64_t node)
{
    return index_of(member(punctual(entry(json, "nodes", node)), "light"));
}

int64_t gltf_node_skin(const struct json_object *json, int64_t node)
{
    return index_of(member(entry(json, "nodes", node), "skin"));
}

size_t gltf_joint_count(const struct json_object *json, int64_t skin)
{
    return count(member(entry(json, "skins", skin), "joints"));
}

int64_t gltf_joint(const struct json_object *json, int64_t skin, size_t i)
{
    int64_t joint = index_of(element(member(entry(json, "skins", skin), "joints"), (int64_t)i));
    return joint < (int64_t)gltf_node_count(json) ? joint : GLTF_NONE;
}

// ---- cameras and lights ------------------------------------------------------------------------------------------

struct gltf_camera gltf_camera(const struct json_object *json, int64_t camera)
{
    const struct json_object *lens = member(entry(json, "cameras", camera), "perspective");
    return (struct gltf_camera){.fov_y_deg = number(lens, "yfov", 0) * (180 / M_PI),
                                .near_m = number(lens, "znear", 0),
                                .far_m = number(lens, "zfar", 0)};
}

struct gltf_light gltf_light(const struct json_object *json, int64_t light)
{
    const struct json_object *from = element(member(punctual(json), "lights"), light);
    const struct json_object *spot = member(from, "spot"), *color = member(from, "color");
    struct json_object *type = member(from, "type");
    struct gltf_light made = {
        .type = json_object_is_type(type, json_type_string) ? json_object_get_string(type) : NULL,
        .intensity = number(from, "intensity", 1),
        .range = number(from, "range", 0),
        .inner_deg = number(spot, "innerConeAngle", 0) * (180 / M_PI),
        .outer_deg = number(spot, "outerConeAngle", M_PI / 4) * (180 / M_PI),
    };
    for (int i = 0; i < 3; i++) {
        struct json_object *part = element(color, i);
        made.color[i] = part ? json_object_get_double(part) : 1;
    }
    return made;
}
