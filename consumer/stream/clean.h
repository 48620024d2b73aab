// Cleaning, in two parts: what there is (clean.c), and what becomes of one producer's objects (clean_producer.c).
#ifndef CONSUMER_STREAM_CLEAN_H
#define CONSUMER_STREAM_CLEAN_H

#include <sys/types.h>
#include <tachy/clean.h>

#include "common/shm/kind.h"

/// One name below /dev/shm, as it was when the folder was listed.
struct leftover {
    char file[NAME_OBJECT_BYTES];
    struct stream_name name;
    enum object_kind kind;
    dev_t device;
    ino_t inode;
    bool ours; ///< a regular file of this user
    tachy_cleaned told;
};

/// Decides on all objects of one producer, removes them if they are a dead one's, and fills in `told`.
void clean_producer(struct leftover *leftovers, size_t count, bool force);

#endif
