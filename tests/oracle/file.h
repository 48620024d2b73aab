// A glTF file opened: its JSON and the bytes of its buffers. The oracle's own reader, independent of the product's importer.
#ifndef TESTS_ORACLE_FILE_H
#define TESTS_ORACLE_FILE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORACLE_BUFFERS_MAX = 64 };

struct oracle_file {
    struct json_object *json;
    struct oracle_buffer {
        uint8_t *bytes;
        size_t size;
    } buffers[ORACLE_BUFFERS_MAX];
    size_t buffer_count;
};

/// Reads .gltf (with data: URIs or files beside it) and .glb. False, and a line in `error`, for what it cannot read.
bool oracle_file_open(const char *path, struct oracle_file *file, char error[256]);
void oracle_file_close(struct oracle_file *file);

/// The member of that name, or NULL; the element of an array, or NULL.
struct json_object *oracle_member(struct json_object *object, const char *name);
struct json_object *oracle_element(struct json_object *array, int64_t index);

/// A member that is a number or a text, else the default.
double oracle_number(struct json_object *object, const char *name, double fallback);
const char *oracle_text(struct json_object *object, const char *name, const char *fallback);

/// Element `element`, channel `channel` of an accessor as a number; false if it lies outside of its buffer or is of a kind that is
/// not read here (sparse).
bool oracle_accessor(const struct oracle_file *file, int64_t accessor, size_t element,
                     size_t channel, double *value);
/// The bytes of an image: a buffer view, a data: URI or a file beside `path`. The caller frees out->bytes.
bool oracle_image(const struct oracle_file *file, const char *path, int64_t image,
                  struct oracle_buffer *out);

size_t oracle_accessor_count(const struct oracle_file *file, int64_t accessor);

#endif
