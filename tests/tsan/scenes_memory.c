// Hand-overs of mapped memory: a generation that its last user destroys, the list of guards that a signal handler walks.
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/ring/generation.h"
#include "common/shm/guard.h"
#include "tests/tsan/races.h"

static void run_two(void *(*first)(void *), void *(*second)(void *), void *shared)
{
    void *(*const threads[])(void *) = {first, second};
    void *const arguments[] = {shared, shared};
    races_run(threads, arguments, 2);
}

static void *use_and_leave(void *argument)
{
    struct generation *generation = argument;
    if (generation->geometry.slots != 5)
        races_fail("another geometry");
    if (generation_leave(generation))
        generation_destroy(generation);
    return NULL;
}

static void *use_and_drop(void *argument)
{
    struct generation *generation = argument;
    if (generation->geometry.slots != 5)
        races_fail("another geometry");
    if (generation_drop(generation))
        generation_destroy(generation);
    return NULL;
}

void scene_generation(void)
{
    struct generation *generation = calloc(1, sizeof *generation);
    generation->data = segment_none;
    generation->geometry.slots = 5;
    generation_retain(generation);
    run_two(use_and_leave, use_and_drop, generation);
}

enum { PAGE = 4096 };

static _Atomic bool watched; // relaxed everywhere: orders nothing

// Of a file that has shrunk since: the first look at it is a SIGBUS.
static char *map_shrunk(void)
{
    int fd = memfd_create("shrunk", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, PAGE) != 0)
        races_fail("no file");
    char *base = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED || ftruncate(fd, 0) != 0)
        races_fail("no mapping");
    return base;
}

static void *watch_another(void *argument)
{
    (void)argument;
    static char another[PAGE];
    struct guard *guard = guard_watch(another, sizeof another, false);
    __c11_atomic_store(&watched, true, memory_order_relaxed);
    (void)guard;
    return NULL;
}

static void *look_at_shrunk(void *argument)
{
    const volatile char *base = argument;
    while (!__c11_atomic_load(&watched, memory_order_relaxed))
        continue;
    if (*base != 0)
        races_fail("no zeros");
    return NULL;
}

void scene_guard(void)
{
    char *base = map_shrunk();
    struct guard *guard = guard_watch(base, PAGE, false);
    run_two(watch_another, look_at_shrunk, base);
    if (!guard_is_hit(guard))
        races_fail("not hit");
}
