// One frame into a file, by format.
#ifndef CONSUMER_TOOLS_SNAPSHOT_H
#define CONSUMER_TOOLS_SNAPSHOT_H

#include <stdio.h>
#include <tachy/read.h>

struct snapshot {
    const tachy_frame *frame;
    const tachy_info *info; ///< of its stream: which planes there may be
    const char *pass;       ///< "_img" ...
    const char *plane;      ///< or NULL: all
    FILE *file;
};

enum { SNAPSHOT_LACKS = -1 }; ///< the frame has not what is asked for; nothing was written

/// Each writes to `file` and returns OUTCOME_OK, SNAPSHOT_LACKS, or OUTCOME_ERROR with a line said. Errors of the file
/// stay in it, for ferror.
int snapshot_write_png(const struct snapshot *snapshot);
int snapshot_write_npy(const struct snapshot *snapshot);
int snapshot_write_npz(const struct snapshot *snapshot);

#endif
