// What the kernel does for the ring, as far as its steps rely on it.
#include "tests/model/kernel.h"

#include <string.h>
#include <time.h>

#include "common/base/clock.h"
#include "common/ring/mark.h"
#include "common/shm/lock.h"
#include "tests/model/explore.h"
#include "tests/model/judge.h"
#include "tests/model/schedule.h"
#include "tests/model/trace.h"
#include "tests/model/world.h"

void kernel_reset(struct kernel *kernel)
{
    memset(kernel, 0, sizeof *kernel);
    kernel->owner[KERNEL_WRITER] = kernel_descriptor(0);
}

uint64_t kernel_hash(void)
{
    const struct kernel *kernel = &world.kernel;
    uint64_t hash = kernel->given << 8 | kernel->taken << 2 | (unsigned)kernel->no_more << 1 |
                    (unsigned)kernel->buried;
    for (int i = 0; i < KERNEL_LOCKS; i++)
        hash =
            (hash ^ (unsigned)kernel->owner[i] ^ view_hash(&kernel->left[i])) * 0x9e3779b97f4a7c15;
    return hash ^ view_hash(&kernel->hand);
}

int kernel_descriptor(int process)
{
    return KERNEL_FD + process;
}

static void free_lock(uint64_t byte, unsigned thread)
{
    world.kernel.owner[byte] = 0;
    if (schedule_is_running())
        view_join(&world.kernel.left[byte], &memory_thread(thread)->now);
}

static void know(const struct view *view)
{
    view_join(&memory_thread(schedule_thread())->now, view);
    view_join(&memory_thread(schedule_thread())->acquirable, view);
}

bool model_lock_take(int fd, uint64_t byte)
{
    int *owner = &world.kernel.owner[byte];
    if (schedule_is_running())
        schedule_step(true, true);
    bool taken = *owner == 0 || *owner == fd;
    schedule_note(taken);
    trace_line("%-9s lock %d %s", schedule_name(), (int)byte, taken ? "taken" : "is another's");
    if (!taken)
        return false;
    *owner = fd;
    if (schedule_is_running()) {
        know(&world.kernel.left[byte]);
        judge_lock(byte);
    }
    return true;
}

void model_lock_drop(int fd, uint64_t byte)
{
    if (schedule_is_running())
        schedule_step(true, true);
    if (world.kernel.owner[byte] == fd)
        free_lock(byte, schedule_thread());
}

bool model_lock_is_held(int fd, uint64_t byte)
{
    (void)fd;
    return world.kernel.owner[byte] != 0;
}

uint32_t model_lock_forks(void)
{
    return 0;
}

void kernel_bury(void *process)
{
    int fd = kernel_descriptor(*(const int *)process);
    trace_line("kernel    lets the locks of the dead go");
    for (uint64_t i = 0; i < KERNEL_LOCKS; i++)
        if (world.kernel.owner[i] == fd)
            free_lock(i, (unsigned)*(const int *)process); // its first thread has its number
    world.kernel.hand = memory_thread((unsigned)*(const int *)process)->now;
    world.kernel.buried = true;
    schedule_wake(&world.kernel.buried);
}

bool kernel_sees_dead_writer(void)
{
    schedule_step(true, false);
    bool dead = world.kernel.owner[KERNEL_WRITER] == 0;
    schedule_note(dead);
    if (dead)
        know(&world.kernel.left[KERNEL_WRITER]);
    return dead;
}

void kernel_wait_for_burial(void)
{
    while (!world.kernel.buried)
        schedule_sleep(&world.kernel.buried, NULL, INT64_MAX, false);
    know(&world.kernel.hand);
    schedule_note(1);
}

int64_t model_clock_now_ns(void)
{
    return schedule_now_ns();
}

int64_t model_clock_wall_ns(void)
{
    return schedule_now_ns();
}

int model_nanosleep(const struct timespec *span, struct timespec *left)
{
    (void)span;
    (void)left;
    schedule_yield();
    return 0;
}

uint64_t model_random(void)
{
    return 1;
}

void model_mend_names(tachy_writer *writer)
{
    (void)writer;
}

void model_producer_ids(const struct producer *producer, uint32_t *generation, uint32_t *rows)
{
    (void)producer;
    *generation = *rows = 0;
}

void kernel_give(const struct reader_pin *parcel)
{
    struct kernel *kernel = &world.kernel;
    schedule_step(true, false);
    if (kernel->given == KERNEL_PARCELS)
        explore_abandon();
    kernel->parcels[kernel->given++] = *parcel;
    view_join(&kernel->hand, &memory_thread(schedule_thread())->now);
    schedule_wake(kernel);
}

void kernel_end_giving(void)
{
    world.kernel.no_more = true;
    schedule_wake(&world.kernel);
}

bool kernel_take(struct reader_pin *parcel)
{
    struct kernel *kernel = &world.kernel;
    schedule_step(true, false);
    while (kernel->taken == kernel->given && !kernel->no_more)
        schedule_sleep(kernel, NULL, INT64_MAX, false);
    bool any = kernel->taken < kernel->given;
    schedule_note(any);
    if (!any)
        return false;
    *parcel = kernel->parcels[kernel->taken++];
    schedule_note(parcel->sequence);
    know(&kernel->hand);
    return true;
}
