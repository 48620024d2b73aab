// mmap and munmap of the library under TSan: an object that is mapped already is not mapped again.
//
// TSan keys on addresses. A writer's and a reader's mapping of one object would be different memory to it, and it would see
// nothing; so all of this process share the first mapping, which is writable.
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "tests/tsan/races.h"

enum { MAPPINGS_MAX = 64 };

static struct mapping {
    dev_t device;
    ino_t inode;
    void *base;
    size_t bytes;
    int users; ///< 0: not in use
} mappings[MAPPINGS_MAX];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void *__real_mmap(void *address, size_t bytes, int rights, int flags, int fd, off_t offset);
int __real_munmap(void *base, size_t bytes);
void *__wrap_mmap(void *address, size_t bytes, int rights, int flags, int fd, off_t offset);
int __wrap_munmap(void *base, size_t bytes);

static struct mapping *find(const struct stat *object)
{
    struct mapping *unused = NULL;
    for (int i = 0; i < MAPPINGS_MAX; i++) {
        struct mapping *at = &mappings[i];
        if (at->users > 0 && at->device == object->st_dev && at->inode == object->st_ino)
            return at;
        if (at->users == 0)
            unused = at;
    }
    if (unused == NULL)
        races_fail("too many objects");
    return unused;
}

void *__wrap_mmap(void *address, size_t bytes, int rights, int flags, int fd, off_t offset)
{
    struct stat object;
    if (fd < 0 || fstat(fd, &object) != 0)
        return __real_mmap(address, bytes, rights, flags, fd, offset);
    pthread_mutex_lock(&mutex);
    struct mapping *mapping = find(&object);
    if (mapping->users == 0) {
        *mapping = (struct mapping){object.st_dev, object.st_ino, NULL, bytes, 0};
        mapping->base = __real_mmap(address, bytes, rights, flags, fd, offset);
    }
    void *base = mapping->base;
    if (base != MAP_FAILED)
        mapping->users++;
    pthread_mutex_unlock(&mutex);
    return base;
}

int __wrap_munmap(void *base, size_t bytes)
{
    int result = 0;
    pthread_mutex_lock(&mutex);
    struct mapping *mapping = mappings;
    while (mapping < mappings + MAPPINGS_MAX && (mapping->users == 0 || mapping->base != base))
        mapping++;
    if (mapping == mappings + MAPPINGS_MAX)
        result = __real_munmap(base, bytes);
    else if (--mapping->users == 0)
        result = __real_munmap(base, mapping->bytes);
    pthread_mutex_unlock(&mutex);
    return result;
}
