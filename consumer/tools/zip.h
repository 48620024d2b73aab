// A stored (uncompressed) zip archive: PKWARE's APPNOTE, the parts that every reader knows.
#ifndef CONSUMER_TOOLS_ZIP_H
#define CONSUMER_TOOLS_ZIP_H

#include <stdint.h>
#include <stdio.h>

enum { ZIP_ENTRIES_MAX = 80, ZIP_NAME_MAX = 64 };

struct zip {
    FILE *file;
    uint64_t at;
    uint32_t count;
    struct zip_entry {
        char name[ZIP_NAME_MAX];
        uint32_t offset, bytes, crc;
    } entries[ZIP_ENTRIES_MAX];
};

/// Appends one file. `produce` hands its bytes, in order, to `take`; it is run twice (sum, then write) and must hand out
/// the same both times. OUTCOME_OK, or OUTCOME_ERROR with a line said: too many files, or more than 4 GiB.
int zip_add(struct zip *zip, const char *name, uint64_t bytes,
            void (*produce)(const void *from, void (*take)(void *, const void *, size_t),
                            void *sink),
            const void *from);

/// The directory at the end. Errors of the file itself stay in it, for ferror.
void zip_finish(struct zip *zip);

#endif
