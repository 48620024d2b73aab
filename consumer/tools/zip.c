// A stored zip archive.
#include "consumer/tools/zip.h"

#include <string.h>
#include <zlib.h>

#include "consumer/tools/outcome.h"

enum {
    LOCAL_BYTES = 30,
    CENTRAL_BYTES = 46,
    END_BYTES = 22,
    VERSION = 20,
    UTF8_NAMES = 0x800,
    DATE = 0x21, // 1980-01-01: a snapshot's bytes do not depend on the clock
};

static void put16(unsigned char *to, uint32_t value)
{
    to[0] = (unsigned char)value;
    to[1] = (unsigned char)(value >> 8);
}

static void put32(unsigned char *to, uint32_t value)
{
    put16(to, value);
    put16(to + 2, value >> 16);
}

static void write_bytes(void *sink, const void *bytes, size_t count)
{
    struct zip *zip = sink;
    fwrite(bytes, 1, count, zip->file);
    zip->at += count;
}

static void add_to_crc(void *sink, const void *bytes, size_t count)
{
    uint32_t *crc = sink;
    *crc = (uint32_t)crc32_z(*crc, bytes, count);
}

// What the header in front of a file and the directory's row have in common: 26 bytes from "version needed" on.
static void describe(unsigned char *to, const struct zip_entry *entry)
{
    memset(to, 0, 26);
    put16(to, VERSION);
    put16(to + 2, UTF8_NAMES);
    put16(to + 8, DATE);
    put32(to + 10, entry->crc);
    put32(to + 14, entry->bytes);
    put32(to + 18, entry->bytes);
    put16(to + 22, (uint32_t)strlen(entry->name));
}

int zip_add(struct zip *zip, const char *name, uint64_t bytes,
            void (*produce)(const void *from, void (*take)(void *, const void *, size_t),
                            void *sink),
            const void *from)
{
    if (zip->count == ZIP_ENTRIES_MAX || strlen(name) >= ZIP_NAME_MAX)
        return outcome_say(OUTCOME_ERROR,
                           "cannot add %s to the archive: at most %d names of %d bytes", name,
                           ZIP_ENTRIES_MAX, ZIP_NAME_MAX - 1);
    if (bytes > UINT32_MAX / 2 || zip->at > UINT32_MAX / 2)
        return outcome_say(OUTCOME_ERROR, "cannot add %s to the archive: it would pass 4 GiB",
                           name);
    struct zip_entry *entry = &zip->entries[zip->count++];
    snprintf(entry->name, sizeof entry->name, "%s", name);
    entry->offset = (uint32_t)zip->at;
    entry->bytes = (uint32_t)bytes;
    entry->crc = 0;
    produce(from, add_to_crc, &entry->crc);
    unsigned char header[LOCAL_BYTES];
    put32(header, 0x04034b50);
    describe(header + 4, entry);
    write_bytes(zip, header, sizeof header);
    write_bytes(zip, entry->name, strlen(entry->name));
    produce(from, write_bytes, zip);
    return OUTCOME_OK;
}

void zip_finish(struct zip *zip)
{
    uint32_t from = (uint32_t)zip->at;
    for (uint32_t i = 0; i < zip->count; i++) {
        const struct zip_entry *entry = &zip->entries[i];
        unsigned char row[CENTRAL_BYTES] = {0};
        put32(row, 0x02014b50);
        put16(row + 4, VERSION);
        describe(row + 6, entry);
        put32(row + 42, entry->offset);
        write_bytes(zip, row, sizeof row);
        write_bytes(zip, entry->name, strlen(entry->name));
    }
    unsigned char end[END_BYTES] = {0};
    put32(end, 0x06054b50);
    put16(end + 8, zip->count);
    put16(end + 10, zip->count);
    put32(end + 12, (uint32_t)zip->at - from);
    put32(end + 16, from);
    write_bytes(zip, end, sizeof end);
}
