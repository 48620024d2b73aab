// Who holds a lock: the kernel does not say, but each process' descriptors do, as far as this one may look at them.
#ifndef COMMON_SHM_HOLDER_H
#define COMMON_SHM_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// One object of /dev/shm whose byte 0 somebody has write-locked.
struct held_object {
    dev_t device;
    ino_t inode;
    uint32_t holder; ///< filled in by holder_find: a process; 0 = none that can be seen
};

struct holder_answer {
    bool all_seen;   ///< each object's holder was found
    uint32_t writer; ///< one of the holders that is a writer; 0 = none is
};

/// Looks through the processes that this one may look at. A holder is a writer if it has one of the objects mapped for
/// writing (a reader maps read-only, and a forked child inherits locks but no mapping), or has an object that is to get its
/// name still (a writer that is starting).
struct holder_answer holder_find(struct held_object *objects, size_t count);

#endif
