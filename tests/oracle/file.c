// A glTF file opened: container, buffers, accessors. Written from the glTF 2.0 specification alone.
#include "tests/oracle/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_object *oracle_member(struct json_object *object, const char *name)
{
    struct json_object *member = NULL;
    if (json_object_is_type(object, json_type_object))
        json_object_object_get_ex(object, name, &member);
    return member;
}

struct json_object *oracle_element(struct json_object *array, int64_t index)
{
    if (!json_object_is_type(array, json_type_array) || index < 0 ||
        (size_t)index >= json_object_array_length(array))
        return NULL;
    return json_object_array_get_idx(array, (size_t)index);
}

double oracle_number(struct json_object *object, const char *name, double fallback)
{
    struct json_object *member = oracle_member(object, name);
    return member != NULL ? json_object_get_double(member) : fallback;
}

const char *oracle_text(struct json_object *object, const char *name, const char *fallback)
{
    struct json_object *member = oracle_member(object, name);
    return member != NULL ? json_object_get_string(member) : fallback;
}

static bool read_whole(const char *path, struct oracle_buffer *buffer, char error[256])
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        snprintf(error, 256, "%s cannot be opened", path);
        return false;
    }
    fseek(stream, 0, SEEK_END);
    long size = ftell(stream);
    rewind(stream);
    buffer->size = size > 0 ? (size_t)size : 0;
    buffer->bytes = malloc(buffer->size + 1);
    bool whole =
        buffer->bytes != NULL && fread(buffer->bytes, 1, buffer->size, stream) == buffer->size;
    fclose(stream);
    if (!whole) {
        snprintf(error, 256, "%s cannot be read", path);
        return false;
    }
    buffer->bytes[buffer->size] = 0;
    return true;
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static void base64_decode(const char *text, struct oracle_buffer *buffer)
{
    uint32_t bits = 0;
    int held = 0;
    buffer->size = 0;
    buffer->bytes = malloc(strlen(text) + 1);
    for (; *text != '\0' && base64_value(*text) >= 0; text++) {
        bits = bits << 6 | (uint32_t)base64_value(*text);
        held += 6;
        if (held >= 8) {
            held -= 8;
            buffer->bytes[buffer->size++] = (uint8_t)(bits >> held);
        }
    }
}

static bool open_buffer(const char *path, const char *uri, struct oracle_buffer *buffer,
                        char error[256])
{
    const char *comma = strchr(uri, ',');
    if (strncmp(uri, "data:", 5) == 0 && comma != NULL) {
        base64_decode(comma + 1, buffer);
        return true;
    }
    char beside[4096];
    const char *slash = strrchr(path, '/');
    int folder = slash != NULL ? (int)(slash + 1 - path) : 0;
    snprintf(beside, sizeof beside, "%.*s%s", folder, path, uri);
    return read_whole(beside, buffer, error);
}

static uint32_t word_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/// A .glb: 12 bytes of header, then the JSON chunk, then at most one binary chunk, which is buffer 0.
static bool split_glb(struct oracle_buffer *whole, struct oracle_buffer *json,
                      struct oracle_buffer *binary)
{
    if (whole->size < 20 || word_at(whole->bytes + 4) != 2)
        return false;
    size_t json_size = word_at(whole->bytes + 12);
    if (json_size > whole->size - 20)
        return false;
    *json = (struct oracle_buffer){whole->bytes + 20, json_size};
    size_t next = 20 + json_size;
    if (whole->size - next < 8)
        return true;
    size_t size = word_at(whole->bytes + next);
    if (size > whole->size - next - 8)
        return false;
    binary->bytes = malloc(size + 1);
    binary->size = size;
    memcpy(binary->bytes, whole->bytes + next + 8, size);
    return true;
}

static bool open_buffers(const char *path, struct oracle_file *file, char error[256])
{
    struct json_object *buffers = oracle_member(file->json, "buffers"), *buffer;
    while ((buffer = oracle_element(buffers, (int64_t)file->buffer_count)) != NULL) {
        if (file->buffer_count == ORACLE_BUFFERS_MAX) {
            snprintf(error, 256, "%s has more than %d buffers", path, ORACLE_BUFFERS_MAX);
            return false;
        }
        struct oracle_buffer *out = &file->buffers[file->buffer_count++];
        const char *uri = oracle_text(buffer, "uri", NULL);
        if (uri != NULL && !open_buffer(path, uri, out, error))
            return false;
        if ((double)out->size < oracle_number(buffer, "byteLength", 0)) {
            snprintf(error, 256, "%s: buffer %zu is too short", path, file->buffer_count - 1);
            return false;
        }
    }
    return true;
}

bool oracle_file_open(const char *path, struct oracle_file *file, char error[256])
{
    *file = (struct oracle_file){0};
    struct oracle_buffer whole = {0};
    if (!read_whole(path, &whole, error))
        goto fail;
    struct oracle_buffer json = whole;
    bool binary = whole.size >= 4 && memcmp(whole.bytes, "glTF", 4) == 0;
    snprintf(error, 256, "%s is no glTF file", path);
    if (binary && !split_glb(&whole, &json, &file->buffers[0]))
        goto fail;
    struct json_tokener *tokener = json_tokener_new();
    file->json = json_tokener_parse_ex(tokener, (const char *)json.bytes, (int)json.size);
    json_tokener_free(tokener);
    if (file->json == NULL || !open_buffers(path, file, error))
        goto fail;
    free(whole.bytes);
    return true;
fail:
    free(whole.bytes);
    oracle_file_close(file);
    return false;
}

void oracle_file_close(struct oracle_file *file)
{
    json_object_put(file->json);
    for (size_t i = 0; i < ORACLE_BUFFERS_MAX; i++)
        free(file->buffers[i].bytes);
    *file = (struct oracle_file){0};
}

static size_t component_bytes(int type)
{
    switch (type) {
    case 5120: // BYTE
    case 5121: // UNSIGNED_BYTE
        return 1;
    case 5122: // SHORT
    case 5123: // UNSIGNED_SHORT
        return 2;
    case 5125: // UNSIGNED_INT
    case 5126: // FLOAT
        return 4;
    default:
        return 0;
    }
}

static double component_at(const uint8_t *bytes, int type)
{
    int8_t s8;
    int16_t s16;
    uint16_t u16;
    uint32_t u32;
    float f32;
    switch (type) {
    case 5120:
        memcpy(&s8, bytes, sizeof s8);
        return s8;
    case 5122:
        memcpy(&s16, bytes, sizeof s16);
        return s16;
    case 5123:
        memcpy(&u16, bytes, sizeof u16);
        return u16;
    case 5125:
        memcpy(&u32, bytes, sizeof u32);
        return u32;
    case 5126:
        memcpy(&f32, bytes, sizeof f32);
        return (double)f32;
    default:
        return bytes[0];
    }
}

static size_t type_channels(const char *type)
{
    static const struct {
        const char *name;
        size_t channels;
    } types[] = {{"SCALAR", 1}, {"VEC2", 2}, {"VEC3", 3}, {"VEC4", 4}, {"MAT4", 16}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i].name) == 0)
            return types[i].channels;
    return 0;
}

size_t oracle_accessor_count(const struct oracle_file *file, int64_t accessor)
{
    struct json_object *entry = oracle_element(oracle_member(file->json, "accessors"), accessor);
    return (size_t)oracle_number(entry, "count", 0);
}

bool oracle_accessor(const struct oracle_file *file, int64_t accessor, size_t element,
                     size_t channel, double *value)
{
    struct json_object *entry = oracle_element(oracle_member(file->json, "accessors"), accessor);
    struct json_object *view = oracle_element(oracle_member(file->json, "bufferViews"),
                                              (int64_t)oracle_number(entry, "bufferView", -1));
    size_t buffer = (size_t)oracle_number(view, "buffer", ORACLE_BUFFERS_MAX);
    if (entry == NULL || view == NULL || buffer >= file->buffer_count ||
        oracle_member(entry, "sparse") != NULL)
        return false;
    int type = (int)oracle_number(entry, "componentType", 0);
    size_t bytes = component_bytes(type);
    size_t channels = type_channels(oracle_text(entry, "type", ""));
    size_t stride = (size_t)oracle_number(view, "byteStride", (double)(bytes * channels));
    size_t offset = (size_t)oracle_number(view, "byteOffset", 0) +
                    (size_t)oracle_number(entry, "byteOffset", 0) + element * stride +
                    channel * bytes;
    if (bytes == 0 || channel >= channels || element >= (size_t)oracle_number(entry, "count", 0) ||
        offset + bytes > file->buffers[buffer].size)
        return false;
    *value = component_at(file->buffers[buffer].bytes + offset, type);
    return true;
}

bool oracle_image(const struct oracle_file *file, const char *path, int64_t image,
                  struct oracle_buffer *out)
{
    struct json_object *entry = oracle_element(oracle_member(file->json, "images"), image);
    const char *uri = oracle_text(entry, "uri", NULL);
    char error[256];
    if (uri != NULL)
        return open_buffer(path, uri, out, error);
    struct json_object *view = oracle_element(oracle_member(file->json, "bufferViews"),
                                              (int64_t)oracle_number(entry, "bufferView", -1));
    size_t buffer = (size_t)oracle_number(view, "buffer", ORACLE_BUFFERS_MAX);
    size_t offset = (size_t)oracle_number(view, "byteOffset", 0);
    size_t size = (size_t)oracle_number(view, "byteLength", 0);
    if (view == NULL || buffer >= file->buffer_count || offset + size > file->buffers[buffer].size)
        return false;
    out->bytes = malloc(size + 1);
    out->size = size;
    memcpy(out->bytes, file->buffers[buffer].bytes + offset, size);
    return true;
}
