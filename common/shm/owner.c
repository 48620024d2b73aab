// Who is the producer of a name: the process that holds the lock of its .lock file.
#include "common/shm/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/shm/folder.h"
#include "common/shm/lock.h"
#include "common/shm/name.h"

enum { LOCK_BYTE = 0 };

static tachy_status open_lock(const char *name, int *fd)
{
    char path[FOLDER_PATH_BYTES];
    folder_join(name, path);
    tachy_status status = folder_is_ours(name);
    if (status == TACHY_DENIED)
        return status;
    lock_hold_forks();
    int opened =
        lock_guard_opened(open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
    lock_allow_forks();
    if (opened < 0)
        return error_set(errno == EACCES ? TACHY_DENIED : TACHY_SYSTEM,
                         "%s: cannot open it: %s (%s)", path, strerrordesc_np(errno),
                         strerrorname_np(errno));
    uint64_t bytes;
    status = folder_check(name, opened, &bytes);
    if (status != TACHY_OK) {
        lock_close(opened);
        return status;
    }
    *fd = opened;
    return TACHY_OK;
}

static bool still_names(const char *name, int fd)
{
    char path[FOLDER_PATH_BYTES];
    folder_join(name, path);
    struct stat named, ours;
    return lstat(path, &named) == 0 && fstat(fd, &ours) == 0 && named.st_ino == ours.st_ino &&
           named.st_dev == ours.st_dev;
}

tachy_status owner_take(const char *producer_stem, int *fd)
{
    char name[NAME_OBJECT_BYTES];
    name_object(producer_stem, "lock", name);
    int opened = -1;
    tachy_status status = open_lock(name, &opened);
    if (status != TACHY_OK)
        return status;
    if (lock_take(opened, LOCK_BYTE) && still_names(name, opened)) {
        *fd = opened;
        return TACHY_OK;
    }
    lock_close(opened);
    return TACHY_BUSY;
}

void owner_drop(const char *producer_stem, int fd)
{
    char name[NAME_OBJECT_BYTES];
    name_object(producer_stem, "lock", name);
    // Before the lock goes: whoever takes it next sees that the file has no name.
    folder_remove(name, fd);
    lock_drop(fd, LOCK_BYTE);
    lock_close(fd);
}
