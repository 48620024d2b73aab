// Who is the producer of a name: the process that holds the lock of its .lock file.
#ifndef COMMON_SHM_OWNER_H
#define COMMON_SHM_OWNER_H

#include <tachy/status.h>

/// One try to become it; the file is made if it is not there. TACHY_BUSY, without a line: somebody has the lock now, or the file
/// was replaced while we took it; TACHY_DENIED: another user's file; TACHY_SYSTEM.
tachy_status owner_take(const char *producer_stem, int *fd);

/// Removes the file and lets its lock go.
void owner_drop(const char *producer_stem, int fd);

#endif
