// A kernel that grants no huge pages: madvise refuses MADV_COLLAPSE, as Linux before 6.1 does.
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>

enum { COLLAPSE = 25 };

int madvise(void *at, size_t bytes, int advice);

int madvise(void *at, size_t bytes, int advice)
{
    if (advice == COLLAPSE) {
        errno = EINVAL;
        return -1;
    }
    return __extension__((int (*)(void *, size_t, int))dlsym(RTLD_NEXT, "madvise"))(at, bytes,
                                                                                    advice);
}
