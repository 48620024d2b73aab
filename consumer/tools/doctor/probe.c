// An object of /dev/shm without a name.
#include "consumer/tools/doctor/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int probe_open(size_t bytes)
{
    int fd = open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    int error = posix_fallocate(fd, 0, (off_t)bytes);
    if (error == 0)
        return fd;
    close(fd);
    errno = error;
    return -1;
}

int probe_open_or_tell(size_t bytes, struct check_result *result)
{
    int fd = probe_open(bytes);
    if (fd < 0) {
        check_see(result, false, "not tried: no object can be made in /dev/shm: %s",
                  strerror(errno));
        check_advise(result, "see permissions and shared memory");
    }
    return fd;
}

int probe_reopen(int fd)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_RDONLY | O_CLOEXEC);
}
