// What this user may do in /dev/shm, and whether the kernel's file locks tell who lives.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "consumer/tools/doctor/check.h"
#include "consumer/tools/doctor/probe.h"

enum { OBJECT_BYTES = 4096 };

// As a writer does: made without a name, then linked.
static bool can_link(void)
{
    char from[64], name[64];
    int fd = probe_open(OBJECT_BYTES);
    if (fd < 0)
        return false;
    snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
    snprintf(name, sizeof name, "/dev/shm/tachy-doctor-%d", getpid());
    bool linked = linkat(AT_FDCWD, from, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
    int error = errno;
    if (linked)
        unlink(name);
    close(fd);
    errno = error;
    return linked;
}

static const struct cure {
    int error;
    const char *advice;
} cures[] = {{EROFS, "mount -o remount,rw /dev/shm"},
             {ENOENT, "mount -t tmpfs tmpfs /dev/shm, and mount /proc"},
             {EFBIG, "this process may make no file of that size: ulimit -f unlimited"},
             {ENOSPC, "tachy clean, or mount -o remount,size=1g,nr_inodes=100k /dev/shm"}};

static const char *find_advice(int error)
{
    for (size_t i = 0; i < sizeof cures / sizeof *cures; i++)
        if (cures[i].error == error)
            return cures[i].advice;
    return "chmod 1777 /dev/shm, and mount /proc";
}

void check_permissions(struct check_result *result)
{
    struct stat folder;
    if (stat("/dev/shm", &folder) != 0 || !can_link()) {
        int error = errno;
        check_see(result, false, "user %u cannot make a named object in /dev/shm: %s", geteuid(),
                  strerror(error));
        check_advise(result, "%s", find_advice(error));
        return;
    }
    bool exposed = (folder.st_mode & S_IWOTH) != 0 && (folder.st_mode & S_ISVTX) == 0;
    check_see(result, !exposed, "user %u makes named objects in /dev/shm (mode %04o)", geteuid(),
              folder.st_mode & 07777);
    if (exposed)
        check_advise(result, "every user may remove everybody's names there: chmod 1777 /dev/shm");
}

// Takes a write lock and looks whether another open file, for reading only, sees it.
static bool lock_is_seen(int fd, int other)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    if (fcntl(fd, F_OFD_SETLK, &lock) != 0)
        return false;
    struct flock probe = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1};
    return fcntl(other, F_OFD_GETLK, &probe) == 0 && probe.l_type == F_WRLCK;
}

void check_file_locks(struct check_result *result)
{
    int fd = probe_open_or_tell(OBJECT_BYTES, result);
    if (fd < 0)
        return;
    int other = probe_reopen(fd);
    bool seen = other >= 0 && lock_is_seen(fd, other);
    if (seen)
        check_see(result, true, "open-file-description locks in /dev/shm work");
    else
        check_see(result, false, "an open-file-description lock in /dev/shm is not seen: %s",
                  strerror(errno));
    if (!seen)
        check_advise(result, "they tell who lives: use Linux' own tmpfs for /dev/shm, no network "
                             "or user-space file system");
    if (other >= 0)
        close(other);
    close(fd);
}
