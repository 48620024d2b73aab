// bench-attach: one round of how long it takes to join a stream of eight slots of 33 MB, for our ring and the rivals that map
// shared memory. "cold" is the first time in a process made for it, "warm" the middle of the times after that in the
// same process. Ours is also measured with a first frame and a read of each of its pages, which finds out whether the
// attach left page faults for later.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/lib/middle.h"
#include "bench/lib/pair.h"
#include "bench/lib/row.h"
#include "bench/lib/way.h"
#include "common/base/clock.h"

enum { TIMES = 9, PAGE_BYTES = 4096 };
enum { HELD = 4 }; // with the newest, one of history and two drafts: eight slots

struct run {
    const struct carrier *carrier;
    struct route route;
    struct cell opened;
    bool reads;
    double samples_us[TIMES];
};

static bool write_frame(void *shared)
{
    struct run *run = shared;
    void *writer = run->carrier->open_writer(&run->route);
    if (!writer)
        return false;
    void *frame = run->carrier->loan(writer);
    bool done = frame != NULL;
    if (done) {
        memset(frame, 1, run->route.size->bytes);
        frame_mark(frame, run->route.size->bytes, 1);
        done = run->carrier->publish(writer);
    }
    cell_set(&run->opened, 1);
    done = pair_sleep_until(&run->opened, 2) && done;
    run->carrier->close_writer(writer);
    return done;
}

static bool read_pages(const struct run *run, void *reader)
{
    const volatile char *frame = run->carrier->receive(reader);
    if (!frame)
        return false;
    for (size_t i = 0; i < run->route.size->bytes; i += PAGE_BYTES)
        (void)frame[i];
    run->carrier->release(reader);
    return true;
}

static bool attach_often(void *shared)
{
    struct run *run = shared;
    bool done = pair_sleep_until(&run->opened, 1);
    for (int i = 0; done && i < TIMES; i++) {
        int64_t begin = clock_now_ns();
        void *reader = run->carrier->open_reader(&run->route, 0);
        done = reader && (!run->reads || read_pages(run, reader));
        run->samples_us[i] = (double)(clock_now_ns() - begin) / NS_PER_US;
        if (reader)
            run->carrier->close_reader(reader);
    }
    cell_set(&run->opened, 2);
    return done;
}

static void report(const struct run *run, const char *name, const char *mode, const char *why,
                   double us)
{
    struct row row = {"attach", name, mode, run->route.size->label, "us", us};
    if (why)
        row_missing(&row, why);
    else
        row_print(&row);
}

static void measure(struct run *run, const char *name, const struct carrier *carrier,
                    const char *why)
{
    run->carrier = carrier;
    if (carrier && carrier->in_place_max < SIZE_MAX)
        why = "its readers map no frames";
    if (!why)
        why = way_lacks_room(run->route.size);
    if (!why) {
        way_name(&run->route);
        memset(&run->opened, 0, sizeof(run->opened));
        why = pair_run(write_frame, attach_often, false, run) ? NULL : "it failed";
    }
    report(run, name, "cold", why, run->samples_us[0]);
    report(run, name, "warm", why, middle(run->samples_us + 1, TIMES - 1));
}

int main(void)
{
    struct run *run = pair_map(sizeof(*run));
    if (!run)
        return 1;
    rivals_start();
    run->route = (struct route){.size = &size_table[SIZE_COUNT - 1], .readers = HELD};
    measure(run, "tachy", &ring_carrier, NULL);
    for (int i = 0; i < RIVAL_COUNT; i++)
        measure(run, rival_table[i].name, rival_table[i].carrier,
                rival_missing(&rival_table[i], &run->route));
    run->reads = true;
    measure(run, "tachy, each page of a frame read", &ring_carrier, NULL);
    rivals_stop();
    pair_unmap(run, sizeof(*run));
    return 0;
}
