// mmap and munmap of the fuzz targets: an object lies alone, so that a byte read outside of it is a fault and not a neighbour.
#include <stdint.h>
#include <sys/mman.h>

#include "tests/fuzz/stream.h"

enum { FENCED_MAX = 64 };

static const size_t fence_bytes = (size_t)1 << 28; // on both sides; never backed by memory
static char *fenced[FENCED_MAX];

void *__real_mmap(void *address, size_t bytes, int rights, int flags, int fd, off_t offset);
int __real_munmap(void *base, size_t bytes);
void *__wrap_mmap(void *address, size_t bytes, int rights, int flags, int fd, off_t offset);
int __wrap_munmap(void *base, size_t bytes);

static char **find(const void *base)
{
    for (int i = 0; i < FENCED_MAX; i++)
        if (fenced[i] == base)
            return &fenced[i];
    return NULL;
}

void *__wrap_mmap(void *address, size_t bytes, int rights, int flags, int fd, off_t offset)
{
    char **unused = find(NULL);
    if (fd < 0 || unused == NULL || (flags & MAP_FIXED) != 0)
        return __real_mmap(address, bytes, rights, flags, fd, offset);
    char *all = __real_mmap(NULL, bytes + 2 * fence_bytes, PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all == MAP_FAILED)
        return all;
    *unused = all + fence_bytes;
    return __real_mmap(*unused, bytes, rights, flags | MAP_FIXED, fd, offset);
}

int __wrap_munmap(void *base, size_t bytes)
{
    char **entry = base == NULL ? NULL : find(base);
    if (entry == NULL)
        return __real_munmap(base, bytes);
    *entry = NULL;
    return __real_munmap((char *)base - fence_bytes, bytes + 2 * fence_bytes);
}
