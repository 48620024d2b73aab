// The flat form in the making: sections that grow, joined into one piece at the end.
#include "producer/import/flat_build.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/size.h"

static bool grow(struct flat_build *build, int section, uint64_t bytes)
{
    uint64_t room = build->sections[section].bytes_room;
    if (bytes <= room)
        return true;
    room = bytes > 2 * room ? bytes : 2 * room;
    char *data = realloc(build->sections[section].data, room);
    if (!data)
        return false;
    build->sections[section].data = data;
    build->sections[section].bytes_room = room;
    return true;
}

void *flat_build_add(struct flat_build *build, enum flat_section section, uint64_t count,
                     uint64_t *first)
{
    uint64_t record_bytes = flat_record_bytes[section], more, used, bytes;
    if (build->status)
        return NULL;
    used = build->sections[section].count * record_bytes;
    if (!size_multiply(count, record_bytes, &more) || !size_add(build->bytes, more, &bytes) ||
        bytes > FLAT_BYTES_MAX) {
        build->status = TACHY_CORRUPT;
        return NULL;
    }
    if (!grow(build, section, used + more + 1)) { // never of 0 bytes
        build->status = TACHY_NO_MEMORY;
        return NULL;
    }
    if (first)
        *first = build->sections[section].count;
    build->sections[section].count += count;
    build->bytes = bytes;
    return memset(build->sections[section].data + used, 0, more);
}

struct flat_text flat_build_text(struct flat_build *build, const char *text)
{
    uint64_t bytes = strlen(text), first;
    char *copy = flat_build_add(build, FLAT_TEXTS, bytes + 1, &first);
    if (copy)
        memcpy(copy, text, bytes + 1);
    return copy ? (struct flat_text){(uint32_t)first, (uint32_t)bytes} : (struct flat_text){0, 0};
}

void *flat_build_at(struct flat_build *build, enum flat_section section, uint64_t index)
{
    return build->sections[section].data + index * flat_record_bytes[section];
}

tachy_status flat_build_finish(const struct flat_build *build, const char *file, void **flat,
                               size_t *size)
{
    enum { ALIGN = 16 };
    if (build->status == TACHY_CORRUPT)
        return error_set(TACHY_CORRUPT,
                         "%s: takes more than %llu GiB when read; use a smaller scene", file,
                         (unsigned long long)(FLAT_BYTES_MAX >> 30));
    struct flat_header header = {.magic = FLAT_MAGIC, .version = FLAT_VERSION};
    uint64_t bytes = (sizeof header + ALIGN - 1) / ALIGN * ALIGN;
    for (int i = 0; i < FLAT_SECTIONS; i++) {
        header.arrays[i] = (struct flat_array){bytes, build->sections[i].count};
        bytes += (build->sections[i].count * flat_record_bytes[i] + ALIGN - 1) / ALIGN * ALIGN;
    }
    header.bytes = bytes;
    char *joined = build->status ? NULL : calloc(1, bytes);
    if (!joined)
        return error_set(TACHY_NO_MEMORY, "%s: no memory for its %llu bytes", file,
                         (unsigned long long)bytes);
    memcpy(joined, &header, sizeof header);
    for (int i = 0; i < FLAT_SECTIONS; i++) {
        if (build->sections[i].count)
            memcpy(joined + header.arrays[i].offset, build->sections[i].data,
                   build->sections[i].count * flat_record_bytes[i]);
    }
    *flat = joined;
    *size = bytes;
    return TACHY_OK;
}

void flat_build_free(struct flat_build *build)
{
    for (int i = 0; i < FLAT_SECTIONS; i++)
        free(build->sections[i].data);
    *build = (struct flat_build){0};
}
