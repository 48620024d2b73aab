// One object of /dev/shm, mapped whole.
#include "common/shm/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/shm/folder.h"
#include "common/shm/huge.h"
#include "common/shm/lock.h"
#include "common/shm/name.h"

#define SHM_HINT                                                                                   \
    "free some (tachy ls, ls /dev/shm), use smaller frames or fewer readers, or raise it: "        \
    "docker run --shm-size=%lluM, or mount -o remount,size=%lluM /dev/shm"

const struct segment segment_none = {.fd = -1};

static const uint64_t mebibyte = 1 << 20;

static tachy_status fail_errno(const char *doing, const char *what)
{
    int error = errno;
    tachy_status status = error == ENOMEM ? TACHY_NO_MEMORY : TACHY_SYSTEM;
    return error_set(status, "%s: cannot %s: %s (%s)", what, doing, strerrordesc_np(error),
                     strerrorname_np(error));
}

static tachy_status fail_space(const char *what, uint64_t need, uint64_t room, uint64_t total)
{
    uint64_t total_mib = (total - room + need + mebibyte - 1) / mebibyte + 16;
    return error_set(
        TACHY_SYSTEM,
        "%s: needs %.1f MiB of shared memory, and %s has %.1f MiB free (ENOSPC); " SHM_HINT, what,
        (double)need / (double)mebibyte, folder_path, (double)room / (double)mebibyte,
        (unsigned long long)total_mib, (unsigned long long)total_mib);
}

tachy_status segment_check_space(const char *what, uint64_t bytes)
{
    struct statvfs space;
    if (statvfs(folder_path, &space) != 0)
        return fail_errno("ask for the free space of /dev/shm", what);
    uint64_t room = (uint64_t)space.f_bavail * space.f_frsize;
    uint64_t total = (uint64_t)space.f_blocks * space.f_frsize;
    if (total == 0 || room >= bytes) // a tmpfs without a limit says 0 of 0
        return TACHY_OK;
    return fail_space(what, bytes, room, total);
}

// Signals are held off: tmpfs undoes an interrupted allocation and, beyond RLIMIT_FSIZE, SIGXFSZ would end the process.
static int hold_off(int (*act)(struct segment *segment), struct segment *segment)
{
    sigset_t all, before, xfsz, pending;
    sigfillset(&all);
    sigemptyset(&xfsz);
    sigaddset(&xfsz, SIGXFSZ);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    sigpending(&pending);
    int error = act(segment);
    if (error == EFBIG && !sigismember(&pending, SIGXFSZ))
        sigtimedwait(&xfsz, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static int set_size(struct segment *segment)
{
    return ftruncate(segment->fd, (off_t)segment->bytes) == 0 ? 0 : errno;
}

static int allocate(struct segment *segment)
{
    segment->huge_bytes = huge_fill(segment->fd, segment->base, segment->bytes);
    return posix_fallocate(segment->fd, 0, (off_t)segment->bytes);
}

static tachy_status map(const char *what, unsigned how, struct segment *segment)
{
    bool writable = (how & SEGMENT_WRITE) != 0;
    void *base =
        huge_map(segment->fd, segment->bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ);
    if (base == MAP_FAILED)
        return error_set(TACHY_SYSTEM, "%s: cannot map %zu bytes: %s (%s)", what, segment->bytes,
                         strerrordesc_np(errno), strerrorname_np(errno));
    segment->base = base;
    madvise(base, segment->bytes, MADV_DONTFORK); // a child's copy would be an alias nobody counts
    madvise(base, segment->bytes, MADV_DONTDUMP); // a core file would hold the whole ring
    if ((how & SEGMENT_GUARDED) != 0) {
        segment->guard = guard_watch(base, segment->bytes, writable);
        if (segment->guard == NULL)
            return error_set(TACHY_NO_MEMORY, "%s: no memory", what);
    }
    return TACHY_OK;
}

static tachy_status fail_allocate(const char *what, int error, uint64_t bytes)
{
    if (error == ENOSPC) {
        tachy_status status = segment_check_space(what, bytes);
        if (status != TACHY_OK)
            return status;
    }
    errno = error;
    return fail_errno("allocate shared memory (RLIMIT_FSIZE, a memory cgroup or /dev/shm)", what);
}

static tachy_status fill(const char *what, mode_t mode, struct segment *made)
{
    if (fchmod(made->fd, mode) != 0) // umask cut it
        return fail_errno("set the mode", what);
    int error = hold_off(set_size, made);
    if (error != 0)
        return fail_allocate(what, error, made->bytes);
    tachy_status status = map(what, SEGMENT_WRITE | SEGMENT_GUARDED, made);
    if (status != TACHY_OK)
        return status;
    error = hold_off(allocate, made);
    if (error != 0)
        return fail_allocate(what, error, made->bytes);
    madvise(made->base, made->bytes, MADV_POPULATE_WRITE); // no page fault while frames are written
    return TACHY_OK;
}

tachy_status segment_create(const char *what, size_t bytes, mode_t mode, struct segment *segment)
{
    struct segment made = segment_none;
    made.bytes = bytes;
    lock_hold_forks();
    made.fd = lock_guard_opened(open(folder_path, O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
    lock_allow_forks();
    if (made.fd < 0)
        return fail_errno("make an object in /dev/shm (ENOSPC here: it is out of inodes)", what);
    tachy_status status = fill(what, mode, &made);
    if (status != TACHY_OK) {
        segment_finish(&made);
        return status;
    }
    *segment = made;
    return TACHY_OK;
}

static bool try_link(const struct segment *segment, const char *path)
{
    char from[64];
    snprintf(from, sizeof from, "/proc/self/fd/%d", segment->fd);
    return linkat(AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}

tachy_status segment_link(const struct segment *segment, const char *name)
{
    char to[FOLDER_PATH_BYTES];
    folder_join(name, to);
    if (try_link(segment, to))
        return TACHY_OK;
    if (errno == EEXIST)
        return folder_fail_taken(name);
    return fail_errno("give a shared-memory object its name", to);
}

void segment_spare(const char *name, char spare[FOLDER_PATH_BYTES])
{
    snprintf(spare, FOLDER_PATH_BYTES, "%s.spare", name);
}

tachy_status segment_link_pair(const struct segment *segment, const char *name)
{
    char spare[FOLDER_PATH_BYTES];
    segment_spare(name, spare);
    tachy_status status = segment_link(segment, spare);
    return status != TACHY_OK ? status : segment_link(segment, name);
}

// The kernel links an object back from its descriptor as long as it has a name.
int segment_mend_pair(const struct segment *segment, const char *name, const char *spare)
{
    struct stat object, named;
    int restored = 0;
    if (fstat(segment->fd, &object) != 0 || object.st_nlink >= 2)
        return 0;
    const char *const names[] = {name, spare};
    for (size_t i = 0; i < 2; i++) {
        char path[FOLDER_PATH_BYTES];
        folder_join(names[i], path);
        if (lstat(path, &named) == 0 && named.st_ino == object.st_ino)
            continue;
        if (!try_link(segment, path))
            return -1;
        restored++;
    }
    return restored;
}

void segment_finish(struct segment *segment)
{
    guard_forget(&segment->guard);
    if (segment->base != NULL)
        munmap(segment->base, segment->bytes);
    if (segment->fd >= 0)
        lock_close(segment->fd);
    *segment = segment_none;
}

static tachy_status open_checked(const char *name, bool writable, int *fd, uint64_t *bytes)
{
    char path[NAME_OBJECT_BYTES + 1];
    snprintf(path, sizeof path, "/%s", name);
    int flags = (writable ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC;
    lock_hold_forks();
    int opened = lock_guard_opened(shm_open(path, flags, 0));
    lock_allow_forks();
    if (opened < 0 && errno == ENOENT)
        return error_set(TACHY_NOT_FOUND, "%s%s: no such object", folder_path, path);
    if (opened < 0 && (errno == EACCES || errno == EPERM))
        return error_set(TACHY_DENIED,
                         "%s%s: no rights (EACCES); it belongs to another user: its owner may open "
                         "it to a group with --mode 0660",
                         folder_path, path);
    if (opened < 0)
        return fail_errno("open it", path);
    tachy_status status = folder_check(path + 1, opened, bytes);
    if (status != TACHY_OK) {
        lock_close(opened);
        return status;
    }
    *fd = opened;
    return TACHY_OK;
}

tachy_status segment_open(const char *name, size_t bytes_min, unsigned how, struct segment *segment)
{
    struct segment opened = segment_none;
    uint64_t bytes = 0;
    tachy_status status = open_checked(name, (how & SEGMENT_WRITE) != 0, &opened.fd, &bytes);
    if (status != TACHY_OK)
        return status;
    opened.bytes = bytes;
    if (bytes < bytes_min)
        status = error_set(TACHY_TIMED_OUT, "%s/%s: not initialised (%llu bytes)", folder_path,
                           name, (unsigned long long)bytes);
    else
        status = map(name, how, &opened);
    if (status != TACHY_OK) {
        segment_finish(&opened);
        return status;
    }
    *segment = opened;
    return TACHY_OK;
}

void segment_unlink_pair(const struct segment *segment, const char *name)
{
    char spare[FOLDER_PATH_BYTES];
    segment_spare(name, spare);
    folder_remove(name, segment->fd);
    folder_remove(spare, segment->fd);
}

tachy_status segment_rename(const char *from, const char *to)
{
    char from_path[FOLDER_PATH_BYTES], to_path[FOLDER_PATH_BYTES];
    folder_join(from, from_path);
    folder_join(to, to_path);
    if (renameat2(AT_FDCWD, from_path, AT_FDCWD, to_path, RENAME_NOREPLACE) == 0)
        return TACHY_OK;
    if (errno == EEXIST)
        return folder_fail_taken(to);
    return fail_errno("give a shared-memory object its name", to_path);
}
