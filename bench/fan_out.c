// bench-fan-out: one round of what a writer pays for a publish call, and of how long it takes until the last of 1, 4 and 16
// readers has the frame, for our ring, its rivals and bare semaphores, in place where a carrier can. The writer has a core of
// its own; the readers share the others and sleep, each for each frame by the kernel's count; "spinning" is one reader.
//
// "call" is the time of the call alone, less what two readings of the clock cost; "last view" runs from before the call to
// when the last reader has a pointer to the whole frame. Without a reader a socket would only fill up, so it has no row.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/lib/middle.h"
#include "bench/lib/pair.h"
#include "bench/lib/row.h"
#include "bench/lib/way.h"
#include "common/base/clock.h"

enum { FRAMES_AWAKE = 1000, FRAMES_ASLEEP = 40, GAP_AWAKE_NS = 5 * NS_PER_US, PAIRS = 999 };
static const int64_t settle_ns = NS_PER_MS;

static const struct audience {
    const char *label;
    uint32_t readers;
    bool sleeping;
} audiences[] = {{"no reader", 0, false},
                 {"1 spinning", 1, false},
                 {"1 sleeping", 1, true},
                 {"4 sleeping", 4, true},
                 {"16 sleeping", 16, true}};

struct seat {
    struct cell ready, taken;
    uint64_t switches;
    int64_t viewed_ns[FRAMES_AWAKE];
};

struct run {
    const struct carrier *carrier;
    const struct audience *audience;
    struct route route;
    uint64_t frames, warm_up;
    struct cell opened;
    double call_us[FRAMES_AWAKE];
    int64_t called_ns[FRAMES_AWAKE];
    struct seat seats[ROUTE_READERS_MAX];
};

static double clock_cost_us(void)
{
    double samples[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
        int64_t begin = clock_now_ns();
        samples[i] = (double)(clock_now_ns() - begin) / NS_PER_US;
    }
    return middle(samples, PAIRS);
}

static bool wait_all(const struct run *run, uint64_t number)
{
    for (uint32_t i = 0; i < run->audience->readers; i++) {
        const struct cell *taken = &run->seats[i].taken;
        bool there = run->audience->sleeping ? pair_sleep_until(taken, number)
                                             : pair_spin_until(taken, number);
        if (!there) {
            fprintf(stderr, "bench: %s: a reader did not take a frame\n", run->carrier->name);
            return false;
        }
    }
    return true;
}

static bool send_all(struct run *run, void *writer)
{
    double clock_us = clock_cost_us();
    for (uint64_t i = 0; i < run->warm_up + run->frames; i++) {
        pair_spin_ns(run->audience->sleeping ? settle_ns : GAP_AWAKE_NS);
        void *frame = run->carrier->loan(writer);
        if (!frame)
            return false;
        frame_mark(frame, run->route.size->bytes, i + 1);
        int64_t begin = clock_now_ns();
        bool published = run->carrier->publish(writer);
        int64_t end = clock_now_ns();
        if (!published || !wait_all(run, i + 1))
            return false;
        if (i < run->warm_up)
            continue;
        run->call_us[i - run->warm_up] = (double)(end - begin) / NS_PER_US - clock_us;
        run->called_ns[i - run->warm_up] = begin;
    }
    return true;
}

static bool write_frames(void *shared)
{
    struct run *run = shared;
    void *writer = run->carrier->open_writer(&run->route);
    if (!writer)
        return false;
    cell_set(&run->opened, 1);
    bool done = true;
    for (uint32_t i = 0; done && i < run->audience->readers; i++)
        done = pair_sleep_until(&run->seats[i].ready, 1);
    done = done && send_all(run, writer);
    run->carrier->close_writer(writer);
    return done;
}

static bool receive_all(struct run *run, void *reader, struct seat *seat)
{
    for (uint64_t i = 0; i < run->warm_up + run->frames; i++) {
        if (i == run->warm_up)
            seat->switches = way_switches();
        const void *frame = run->carrier->receive(reader);
        int64_t viewed_ns = clock_now_ns();
        if (!frame || !frame_is(run->carrier, frame, run->route.size->bytes, i + 1))
            return false;
        if (i >= run->warm_up)
            seat->viewed_ns[i - run->warm_up] = viewed_ns;
        run->carrier->release(reader);
        cell_set(&seat->taken, i + 1);
    }
    seat->switches = way_switches() - seat->switches;
    return true;
}

static bool read_frames(void *shared, uint32_t index)
{
    struct run *run = shared;
    struct seat *seat = &run->seats[index];
    if (!pair_sleep_until(&run->opened, 1))
        return false;
    void *reader = run->carrier->open_reader(&run->route, index);
    if (!reader)
        return false;
    cell_set(&seat->ready, 1);
    bool done = receive_all(run, reader, seat);
    run->carrier->close_reader(reader);
    return done;
}

static double last_view_us(const struct run *run)
{
    double samples[FRAMES_AWAKE];
    for (uint64_t i = 0; i < run->frames; i++) {
        int64_t last_ns = 0;
        for (uint32_t j = 0; j < run->audience->readers; j++)
            if (run->seats[j].viewed_ns[i] > last_ns)
                last_ns = run->seats[j].viewed_ns[i];
        samples[i] = (double)(last_ns - run->called_ns[i]) / NS_PER_US;
    }
    return middle(samples, run->frames);
}

static bool all_slept(const struct run *run)
{
    for (uint32_t i = 0; i < run->audience->readers; i++)
        if (run->seats[i].switches < run->frames)
            return false;
    return true;
}

static const char *measure_run(struct run *run)
{
    way_name(&run->route);
    memset(&run->opened, 0, sizeof(run->opened));
    memset(run->seats, 0, sizeof(run->seats));
    if (run->carrier->prepare && !run->carrier->prepare(&run->route))
        return "it could not be set up";
    bool done = pair_run_crowd(write_frames, read_frames, run->audience->readers, run);
    if (run->carrier->discard)
        run->carrier->discard(&run->route);
    if (!done)
        return "it failed";
    return run->audience->sleeping && !all_slept(run) ? "a reader did not sleep between frames"
                                                      : NULL;
}

static void report(const struct run *run, const char *name, const char *what, const char *why,
                   double us)
{
    char mode[48];
    snprintf(mode, sizeof(mode), "%s, %s", run->audience->label, what);
    struct row row = {"fan-out", name, mode, run->route.size->label, "us", us};
    if (why)
        row_missing(&row, why);
    else
        row_print(&row);
}

static void measure(struct run *run, const char *name, const struct carrier *carrier,
                    const char *why)
{
    const struct audience *audience = run->audience;
    run->carrier = carrier;
    if (!why && audience->readers == 0 && carrier->in_place_max < SIZE_MAX)
        why = "without a reader it does not send";
    if (!why && carrier->in_place_max)
        why = way_lacks_room(run->route.size);
    if (!why)
        why = measure_run(run);
    report(run, name, "call", why, why ? NAN : middle(run->call_us, run->frames));
    if (audience->readers > 0)
        report(run, name, "last view", why, why ? NAN : last_view_us(run));
}

static void measure_audience(struct run *run, const struct frame_size *size,
                             const struct audience *audience, bool quick)
{
    run->audience = audience;
    run->route = (struct route){.size = size,
                                .readers = audience->readers ? audience->readers : 1,
                                .sleeping = audience->sleeping};
    run->frames = audience->sleeping ? FRAMES_ASLEEP : FRAMES_AWAKE;
    run->frames /= quick ? 2 : 1;
    run->warm_up = way_warm_up(size);
    measure(run, "tachy", &ring_carrier, NULL);
    if (audience->sleeping && size->bytes <= semaphore_carrier.bytes_max)
        measure(run, semaphore_carrier.name, &semaphore_carrier, NULL);
    for (int i = 0; i < RIVAL_COUNT; i++)
        measure(run, rival_table[i].name, rival_table[i].carrier,
                rival_missing(&rival_table[i], &run->route));
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {0, 2}; // a word, and a picture of 1080p
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    struct run *run = pair_map(sizeof(*run));
    if (!run)
        return 1;
    rivals_start();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        for (size_t j = 0; j < sizeof(audiences) / sizeof(audiences[0]); j++)
            measure_audience(run, &size_table[sizes[i]], &audiences[j], quick);
    rivals_stop();
    pair_unmap(run, sizeof(*run));
    return 0;
}
