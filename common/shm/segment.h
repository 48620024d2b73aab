// One object of /dev/shm, mapped whole: made without a name and linked when it is ready, or opened by name and checked.
#ifndef COMMON_SHM_SEGMENT_H
#define COMMON_SHM_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <tachy/status.h>

#include "common/shm/folder.h"
#include "common/shm/guard.h"

struct segment {
    int fd;
    void *base;
    size_t bytes;
    size_t huge_bytes;   ///< in huge pages when it was made
    struct guard *guard; ///< NULL: a peer that shrinks the object ends us
};

/// How an object is opened.
enum segment_how { SEGMENT_READ = 0, SEGMENT_WRITE = 1, SEGMENT_GUARDED = 2 };

extern const struct segment segment_none; ///< what a segment is before it is one

/// TACHY_SYSTEM when /dev/shm has not `bytes` free: the line names need, free and how to raise it. `what`: the stream, for the line.
tachy_status segment_check_space(const char *what, uint64_t bytes);

/// A zeroed object of `bytes`, resident, with exactly `mode`, mapped for writing and guarded, under no name yet.
tachy_status segment_create(const char *what, size_t bytes, mode_t mode, struct segment *segment);

/// Gives it the name `name`. A name that is taken: as folder_fail_taken says.
tachy_status segment_link(const struct segment *segment, const char *name);

/// `name` and a second hard link `name`.spare, from which a name that somebody removed can be restored.
tachy_status segment_link_pair(const struct segment *segment, const char *name);

/// Opens the object `name` and maps it; `how`: of enum segment_how. Refused: what is not a regular file, belongs to another user (but for objects that
/// their owner opened to a group), or is writable by everybody (TACHY_DENIED); shorter than `bytes_min` (TACHY_TIMED_OUT,
/// unfinished); absent (TACHY_NOT_FOUND).
tachy_status segment_open(const char *name, size_t bytes_min, unsigned how,
                          struct segment *segment);

/// Unmaps and closes. segment_none and half-made segments are legal.
void segment_finish(struct segment *segment);

/// Gives back those of its two names that somebody removed; needs one of them to be left. How many it gave back; -1: some are
/// missing for good, since both are gone or something else has the name. One system call when none is missing; no error line.
int segment_mend_pair(const struct segment *segment, const char *name, const char *spare);

/// `name`.spare.
void segment_spare(const char *name, char spare[FOLDER_PATH_BYTES]);

/// Removes the name if it still names this very object, and its spare.
void segment_unlink_pair(const struct segment *segment, const char *name);

/// Gives the object the name `to` in place of the name `from`: needs no memory. `to` is taken: as folder_fail_taken says.
tachy_status segment_rename(const char *from, const char *to);

#endif
