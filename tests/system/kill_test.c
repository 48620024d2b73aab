// Processes are killed at every step and at random, and started again at once: nobody else sees a torn frame or waits for ever.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "common/base/failpoint.h"
#include "tests/kill/world.h"
#include "tests/lib/main.h"
#include "tests/lib/process.h"

#ifndef KILLS
#define KILLS 10000
#define KILL_TEST "whoever_is_killed_at_any_step_harms_nobody_else"
#endif

enum { WORLDS = 4, INSIDE_MIN = 100, SAY_EVERY_S = 10 };

static struct page *pages;
static pid_t supervisors[WORLDS];
static unsigned running;

static void start_worlds(uint64_t seed)
{
    pages = mmap(NULL, WORLDS * sizeof *pages, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                 -1, 0);
    assert_true(pages != MAP_FAILED);
    for (unsigned i = 0; i < WORLDS; i++) {
        snprintf(pages[i].stream, sizeof pages[i].stream, "%s", test_producer_name());
        pages[i].tight = i == WORLDS - 1;
        pages[i].wake = i % 2 == 0 ? TACHY_WAKE_FUTEX : TACHY_WAKE_SEMAPHORE;
        fflush(stdout);
        supervisors[i] = fork();
        assert_true(supervisors[i] >= 0);
        if (supervisors[i] == 0) {
            world_run(&pages[i], (KILLS + WORLDS - 1) / WORLDS, (INSIDE_MIN + WORLDS - 1) / WORLDS,
                      seed + i);
            _exit(0);
        }
        running++;
    }
}

static uint64_t kills_so_far(void)
{
    uint64_t kills = 0;
    for (unsigned i = 0; i < WORLDS; i++)
        kills += pages[i].kills;
    return kills;
}

static void await_worlds(void)
{
    time_t said = time(NULL);
    while (running > 0) {
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            running--;
        if (time(NULL) - said < SAY_EVERY_S)
            continue;
        said = time(NULL);
        printf("# %llu of %llu kills\n", (unsigned long long)kills_so_far(),
               (unsigned long long)KILLS);
    }
}

static void print_steps(const struct histogram *sum)
{
    for (size_t i = 0; i <= failpoint_count(); i++)
        if (sum->steered[i] + sum->random[i] != 0)
            printf("# %8llu at the step, %8llu at random: %s\n",
                   (unsigned long long)sum->steered[i], (unsigned long long)sum->random[i],
                   i == 0 ? "before the first" : failpoint_name(i - 1));
}

static void sum_up(struct histogram *sum)
{
    for (unsigned w = 0; w < WORLDS; w++) {
        for (size_t i = 0; i < STEPS_MAX; i++) {
            sum->steered[i] += pages[w].histogram.steered[i];
            sum->random[i] += pages[w].histogram.random[i];
        }
        printf("# world %u (%s): %llu kills (%llu of writers), %llu frames looked at twice\n", w,
               pages[w].tight ? "tight" : "wide", (unsigned long long)pages[w].kills,
               (unsigned long long)pages[w].writer_kills, (unsigned long long)pages[w].frames);
        printf(
            "#   %llu ends, %llu next writers and %llu changes told, every slot held %llu times\n",
            (unsigned long long)pages[w].ends, (unsigned long long)pages[w].followed,
            (unsigned long long)pages[w].changes, (unsigned long long)pages[w].checks);
    }
}

// What the dead left goes with the next writer of the name, and nothing of that is left when it ends.
static bool is_buried(const struct page *page)
{
    static const tachy_plane_params plane = {"color", TACHY_U8, 1, 4, 4, 4};
    tachy_writer_params params = {
        .size = sizeof params, .name = page->stream, .planes = &plane, .plane_count = 1};
    tachy_writer *writer = NULL;
    bool left = test_shm_count(page->stream) > 0;
    bool made = tachy_writer_create(&params, &writer) == TACHY_OK;
    tachy_writer_destroy(&writer);
    return left && made && test_shm_count(page->stream) == 0;
}

static void whoever_is_killed_at_any_step_harms_nobody_else(void **state)
{
    (void)state;
    assert_true(failpoint_count() < STEPS_MAX);
    uint64_t seed = (uint64_t)time(NULL) * UINT64_C(1000003) + (uint64_t)getpid();
    printf("# seed %llu\n", (unsigned long long)seed);
    start_worlds(seed);
    await_worlds();
    struct histogram sum = {0};
    sum_up(&sum);
    print_steps(&sum);
    bool buried[WORLDS];
    for (unsigned w = 0; w < WORLDS; w++)
        buried[w] = is_buried(&pages[w]);
    for (unsigned w = 0; w < WORLDS; w++) {
        if (pages[w].complaint[0] != 0)
            fail_msg("world %u: %s", w, pages[w].complaint);
        assert_true(pages[w].ends > 0 && pages[w].followed > 0 && pages[w].changes > 0);
        assert_true(pages[w].frames > 0 && pages[w].checks > 0);
        assert_true(buried[w]);
    }
    assert_true(kills_so_far() >= KILLS);
    for (size_t i = 0; i < world_part_count; i++) {
        struct world_inside inside = {0};
        for (unsigned w = 0; w < WORLDS; w++) {
            struct world_inside here = world_count_inside(&pages[w], world_parts[i]);
            inside.all += here.all;
            inside.random += here.random;
        }
        printf("# inside %s %llu kills, %llu of them at random\n", world_parts[i],
               (unsigned long long)inside.all, (unsigned long long)inside.random);
        assert_true(inside.all >= INSIDE_MIN);
    }
}

TACHY_TEST_MAIN({KILL_TEST, whoever_is_killed_at_any_step_harms_nobody_else})
