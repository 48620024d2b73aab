// A stream as text and as JSON: what `ls` and `info` share.
#ifndef CONSUMER_TOOLS_DESCRIBE_H
#define CONSUMER_TOOLS_DESCRIBE_H

#include <tachy/read.h>

#include "consumer/tools/json.h"

enum { DESCRIBE_BYTES = 128 };

/// "newest", "every", "lossless".
const char *describe_reading(tachy_reading reading);

/// "u8", "f32" ...
const char *describe_format(tachy_format format);

/// "640x480", "64x64 x32" for 32 images, "" without planes; of the first plane.
void describe_size(const tachy_info *info, char text[DESCRIBE_BYTES]);

/// "color depth id".
void describe_planes(const tachy_info *info, char text[DESCRIBE_BYTES]);

/// "24 MB".
void describe_bytes(uint64_t bytes, char text[DESCRIBE_BYTES]);

/// What pages the slots lie in: "huge" (as many as fit whole) or "small".
const char *describe_pages(const tachy_info *info);

/// "31.2 us".
void describe_ns(int64_t ns, char text[DESCRIBE_BYTES]);

/// The object S of the documented schema: stream `index` of the listing, its planes and readers.
void describe_json(struct json *json, const tachy_listing *listing, size_t index);

/// {"version": 1, "streams": [S ...]} and a newline: all of the listing.
void describe_listing_json(FILE *to, const tachy_listing *listing);

#endif
