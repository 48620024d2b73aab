// Huge pages for large objects, without privileges.
//
// At create, before the object has a name or a device imports it, and while it is empty: 256 MB took 63 ms that way, 0.7 s in small
// pages, and 2.4 s where the small pages were there first and had to be copied together. Where memory must be compacted for
// it, it takes as long as small pages, or some times that on a busy machine.
#include "common/shm/huge.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

enum { PAGE_BYTES = 4096 };

void *huge_map(int fd, size_t bytes, int rights)
{
    if (bytes < HUGE_BYTES)
        return mmap(NULL, bytes, rights, MAP_SHARED, fd, 0);
    // Address space for one more huge page has room for an aligned start; what lies before and behind goes back.
    size_t room = bytes + HUGE_BYTES;
    char *from = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (from == MAP_FAILED)
        return MAP_FAILED;
    size_t before = (HUGE_BYTES - (uintptr_t)from % HUGE_BYTES) % HUGE_BYTES;
    size_t whole = (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    void *base = mmap(from + before, bytes, rights, MAP_SHARED | MAP_FIXED, fd, 0);
    if (base == MAP_FAILED) {
        munmap(from, room);
        return MAP_FAILED;
    }
    if (before > 0)
        munmap(from, before);
    if (before + whole < room)
        munmap(from + before + whole, room - before - whole);
    return base;
}

// A touched page is what there is to collapse. It is allocated first: a touch of what /dev/shm has no room for would be SIGBUS.
static bool touch(int fd, char *base, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += HUGE_BYTES) {
        if (posix_fallocate(fd, (off_t)at, PAGE_BYTES) != 0)
            return false;
        *(volatile char *)(base + at) = 0;
    }
    return true;
}

// In one call: each first waits until every core has passed by the kernel, which on a busy machine takes longer than the rest.
size_t huge_fill(int fd, void *base, size_t bytes)
{
    size_t whole = bytes / HUGE_BYTES * HUGE_BYTES;
    if (whole == 0 || !touch(fd, base, whole) || madvise(base, whole, MADV_COLLAPSE) != 0)
        return 0;
    return whole;
}
