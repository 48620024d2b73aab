// What the kernel can: its version, waiting on shared memory, huge pages.
#include <errno.h>
#include <linux/futex.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "consumer/tools/doctor/check.h"
#include "consumer/tools/doctor/probe.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

enum { PAGE_BYTES = 4096, HUGE_BYTES = 2 << 20, MAJOR_MIN = 6, MINOR_MIN = 1 };

void check_kernel(struct check_result *result)
{
    struct utsname name;
    unsigned major = 0, minor = 0;
    if (uname(&name) != 0 || sscanf(name.release, "%u.%u", &major, &minor) != 2) {
        check_see(result, false, "its version cannot be read");
        return;
    }
    check_see(result, major > MAJOR_MIN || (major == MAJOR_MIN && minor >= MINOR_MIN),
              "%s %s on %s", name.sysname, name.release, name.machine);
    if (!result->ok)
        check_advise(result, "Linux %d.%d or newer is what is tested: Debian 12 has it", MAJOR_MIN,
                     MINOR_MIN);
}

// A reader's wait: through a mapping that it may only read. It must time out, not be refused.
static bool wait_times_out(const uint32_t *word)
{
    struct timespec moment = {.tv_nsec = NS_PER_MS};
    return syscall(SYS_futex, word, FUTEX_WAIT, 0, &moment, NULL, 0) == -1 && errno == ETIMEDOUT;
}

void check_futex(struct check_result *result)
{
    int fd = probe_open_or_tell(PAGE_BYTES, result);
    if (fd < 0)
        return;
    void *word = mmap(NULL, PAGE_BYTES, PROT_READ, MAP_SHARED, fd, 0);
    bool waits = word != MAP_FAILED && wait_times_out(word);
    if (waits)
        check_see(result, true, "waiting on a read-only mapping works");
    else
        check_see(result, false, "waiting on a read-only mapping fails: %s", strerror(errno));
    if (!waits)
        check_advise(result, "readers sleep by futex: allow the call in the container's or "
                             "sandbox's seccomp filter");
    if (word != MAP_FAILED)
        munmap(word, PAGE_BYTES);
    close(fd);
}

// Two huge pages of address space have room for one that is aligned.
static bool collapse(int fd)
{
    void *room = mmap(NULL, 2 * (size_t)HUGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return false;
    size_t into = HUGE_BYTES - (uintptr_t)room % HUGE_BYTES;
    void *base = mmap((char *)room + into, HUGE_BYTES, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_FIXED, fd, 0);
    bool done = base != MAP_FAILED;
    if (done)
        *(volatile char *)base = 1;
    done = done && madvise(base, HUGE_BYTES, MADV_COLLAPSE) == 0;
    int error = errno;
    munmap(room, 2 * (size_t)HUGE_BYTES);
    errno = error;
    return done;
}

void check_huge_pages(struct check_result *result)
{
    int fd = probe_open_or_tell(HUGE_BYTES, result);
    if (fd < 0)
        return;
    bool done = collapse(fd);
    if (done)
        check_see(result, true, "shared memory can be collapsed into huge pages");
    else
        check_see(result, false, "shared memory stays in small pages: %s", strerror(errno));
    if (!done)
        check_advise(result, "all works, but attaching to large frames takes longer: Linux 6.1 or "
                             "newer with transparent huge pages, and free memory in one piece");
    close(fd);
}
