// Whole files into memory.
#include "producer/import/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"

static tachy_status failed(const char *path)
{
    tachy_status status = errno == ENOENT || errno == ENOTDIR ? TACHY_NOT_FOUND
                          : errno == EACCES                   ? TACHY_DENIED
                                                              : TACHY_SYSTEM;
    return error_set(status, "%s: %s", path, strerror(errno));
}

static tachy_status read_open(int fd, const char *path, size_t bytes_max, void **bytes,
                              size_t *size)
{
    struct stat stat;
    if (fstat(fd, &stat) < 0)
        return failed(path);
    if (!S_ISREG(stat.st_mode))
        return error_set(TACHY_INVALID, "%s: not a regular file", path);
    if ((uintmax_t)stat.st_size > bytes_max)
        return error_set(TACHY_INVALID, "%s: %lld bytes, and at most %zu are read", path,
                         (long long)stat.st_size, bytes_max);
    char *buffer = malloc((size_t)stat.st_size + 1);
    if (!buffer)
        return error_set(TACHY_NO_MEMORY, "%s: no memory for its %lld bytes", path,
                         (long long)stat.st_size);
    size_t used = 0;
    ssize_t got = 1;
    while (used < (size_t)stat.st_size && got > 0) {
        got = read(fd, buffer + used, (size_t)stat.st_size - used);
        used += got > 0 ? (size_t)got : 0;
    }
    if (got < 0) {
        free(buffer);
        return failed(path);
    }
    buffer[used] = '\0';
    *bytes = buffer;
    *size = used;
    return TACHY_OK;
}

tachy_status file_read(const char *path, size_t bytes_max, void **bytes, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a FIFO does not block, and is refused
    if (fd < 0)
        return failed(path);
    tachy_status status = read_open(fd, path, bytes_max, bytes, size);
    close(fd);
    return status;
}
