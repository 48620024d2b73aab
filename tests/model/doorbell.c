// Sleeping in the model: futexes as the kernel has them, and the semaphores under the ring's own second way.
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "common/base/clock.h"
#include "common/shm/doorbell_ways.h"
#include "tests/model/explore.h"
#include "tests/model/judge.h"
#include "tests/model/kernel.h"
#include "tests/model/memory.h"
#include "tests/model/schedule.h"
#include "tests/model/trace.h"
#include "tests/model/world.h"

bool kernel_waits_on_head;

static bool has_changed(const _Atomic uint32_t *word, uint32_t seen)
{
    return word != NULL && memory_latest(memory_place(word, sizeof *word)) != seen;
}

// As if they slept by head: it must be what this thread saw in it last.
static bool is_head_seen(void)
{
    unsigned place = memory_place(&world_control()->head, sizeof world_control()->head);
    return memory_knows_latest(schedule_thread(), place);
}

static int64_t end_of(int64_t timeout_ns)
{
    int64_t now = schedule_now_ns();
    return timeout_ns > INT64_MAX - now ? INT64_MAX : now + timeout_ns;
}

static bool sleep_by(const volatile void *word, const volatile void *own, int64_t until_ns)
{
    judge_sleep();
    trace_line("%-9s sleeps", schedule_name());
    bool late = schedule_sleep(word, own, until_ns, world.scenario->early);
    judge_woken(late);
    trace_line("%-9s %s", schedule_name(), late ? "slept until its timeout" : "is woken");
    return late;
}

static bool works(void)
{
    return true;
}

static void prepare(const struct doorbell_place *place)
{
    (void)place;
}

// The kernel compares the words and queues the sleeper in one step.
static void wait(const struct doorbell_place *place, uint32_t word_seen, uint32_t own_seen,
                 int64_t timeout_ns)
{
    bool by_head = kernel_waits_on_head && place->word == &world_control()->bell;
    schedule_step(true, false);
    bool changed = (by_head ? !is_head_seen() : has_changed(place->word, word_seen)) ||
                   has_changed(place->own, own_seen);
    schedule_note(changed);
    if (!changed)
        sleep_by(place->word, place->own, end_of(timeout_ns));
}

static void wake_word(const volatile void *word)
{
    if (!schedule_is_running())
        return;
    schedule_step(true, true);
    trace_line("%-9s wakes", schedule_name());
    schedule_wake(word);
}

static void wake(const _Atomic uint32_t *word, const struct doorbell_sleepers *sleepers)
{
    (void)sleepers;
    wake_word(word);
}

static void wake_own(const struct doorbell_place *place)
{
    wake_word(place->own);
}

const struct doorbell kernel_futex = {.name = "futex",
                                      .works = works,
                                      .prepare = prepare,
                                      .wait = wait,
                                      .wake = wake,
                                      .wake_own = wake_own};

static unsigned place_of(const sem_t *semaphore)
{
    return memory_place(semaphore, sizeof(uint32_t));
}

int model_sem_init(sem_t *semaphore, int shared, unsigned value)
{
    (void)shared;
    // mend() makes a fresh one on its stack to compare with.
    if (!schedule_is_running() || !world_owns(semaphore, sizeof(uint32_t)))
        return 0;
    schedule_step(true, true);
    memory_store(schedule_thread(), place_of(semaphore), memory_order_relaxed, value);
    return 0;
}

int model_sem_destroy(sem_t *semaphore)
{
    (void)semaphore;
    return 0;
}

int model_sem_getvalue(sem_t *semaphore, int *value)
{
    schedule_step(true, false);
    *value = (int)memory_load(schedule_thread(), place_of(semaphore), memory_order_relaxed);
    schedule_note((unsigned)*value);
    return 0;
}

int model_sem_post(sem_t *semaphore)
{
    schedule_step(true, true);
    memory_change(schedule_thread(), place_of(semaphore), memory_order_release, CHANGE_ADD, 1);
    trace_line("%-9s posts", schedule_name());
    schedule_wake(semaphore);
    return 0;
}

int model_sem_trywait(sem_t *semaphore)
{
    schedule_step(true, true);
    unsigned place = place_of(semaphore);
    bool taken = memory_latest(place) > 0;
    if (taken)
        memory_change(schedule_thread(), place, memory_order_acquire, CHANGE_AND, 0);
    schedule_note(taken);
    return taken ? 0 : -1;
}

int model_sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *until)
{
    (void)clock;
    int64_t until_ns = until->tv_sec >= INT64_MAX / NS_PER_S
                           ? INT64_MAX
                           : until->tv_sec * NS_PER_S + until->tv_nsec;
    while (model_sem_trywait(semaphore) != 0)
        if (sleep_by(semaphore, NULL, until_ns))
            return -1;
    return 0;
}

int64_t model_clock_deadline_ns(int64_t timeout_ns)
{
    return end_of(timeout_ns);
}
