// Texture files: found below their scene's folder, decoded by the one decoder there is.
#ifndef PRODUCER_IMPORT_TEXTURE_H
#define PRODUCER_IMPORT_TEXTURE_H

#include "common/image/codec/codec.h"

/// Decodes an image that lies in memory; `scene` and `name` are for messages. The caller frees pixels->data.
tachy_status texture_decode(const void *bytes, size_t size, const char *scene, const char *name,
                            struct codec_pixels *pixels);

/// Reads and decodes the file that scene file `scene` calls `name`: relative to the scene's folder and below it, percent-escapes
/// undone where the name as written is not there, of an absolute path (an author's own disk) the last part. TACHY_NOT_FOUND: the
/// line names the scene, the texture and where it was looked for.
tachy_status texture_read(const char *scene, const char *name, struct codec_pixels *pixels);

/// Any decoded image as 8-bit RGBA, width * height * 4 bytes.
void texture_to_rgba8(const struct codec_pixels *pixels, uint8_t *rgba);

#endif
