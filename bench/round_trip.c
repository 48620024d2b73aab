// bench-round-trip: one round of ping and pong over two streams, one each way, for our ring and its rivals, each size, in
// place and copied in, spinning and sleeping. A trip runs from before the first call to when the first process has a pointer
// to the whole answer, by one clock; each process writes a frame of the full size. The reader of the one is the writer
// of the other, so that in sleeping rounds each trip holds two wake-ups.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/lib/middle.h"
#include "bench/lib/pair.h"
#include "bench/lib/row.h"
#include "bench/lib/way.h"
#include "common/base/clock.h"

struct run {
    const struct carrier *carrier;
    const struct way *way;
    struct route there, back;
    uint64_t trips, warm_up;
    struct cell opened;
    double trip_us[WAY_FRAMES_MAX];
};

struct ends {
    void *writer, *reader, *source;
};

// The writers of both routes are open before a reader is.
static bool open_ends(struct run *run, bool first, struct ends *ends)
{
    size_t bytes = run->there.size->bytes;
    ends->source = aligned_alloc(64, bytes);
    if (!ends->source || !pair_sleep_until(&run->opened, first ? 0 : 1))
        return false;
    memset(ends->source, 1, bytes);
    ends->writer = run->carrier->open_writer(first ? &run->there : &run->back);
    if (!ends->writer)
        return false;
    cell_set(&run->opened, first ? 1 : 2);
    if (!pair_sleep_until(&run->opened, first ? 2 : 3))
        return false;
    ends->reader = run->carrier->open_reader(first ? &run->back : &run->there, 0);
    if (!ends->reader)
        return false;
    cell_set(&run->opened, first ? 3 : 4);
    return pair_sleep_until(&run->opened, 4);
}

static void close_ends(const struct run *run, struct ends *ends)
{
    if (ends->reader)
        run->carrier->close_reader(ends->reader);
    if (ends->writer)
        run->carrier->close_writer(ends->writer);
    free(ends->source);
}

static bool send(const struct run *run, const struct ends *ends, uint64_t number,
                 int64_t *called_ns)
{
    size_t bytes = run->there.size->bytes;
    bool copies = way_copies(run->way, run->carrier, bytes);
    void *frame = run->carrier->loan(ends->writer);
    if (!frame)
        return false;
    frame_mark(copies ? ends->source : frame, bytes, number);
    *called_ns = clock_now_ns();
    if (copies)
        memcpy(frame, ends->source, bytes);
    return run->carrier->publish(ends->writer);
}

static bool receive(const struct run *run, const struct ends *ends, uint64_t number,
                    int64_t *viewed_ns)
{
    const void *frame = run->carrier->receive(ends->reader);
    *viewed_ns = clock_now_ns();
    if (!frame || !frame_is(run->carrier, frame, run->there.size->bytes, number))
        return false;
    run->carrier->release(ends->reader);
    return true;
}

static bool make_trips(struct run *run, const struct ends *ends)
{
    for (uint64_t i = 0; i < run->warm_up + run->trips; i++) {
        int64_t called_ns, viewed_ns;
        way_pause(run->way);
        if (!send(run, ends, i + 1, &called_ns) || !receive(run, ends, i + 1, &viewed_ns))
            return false;
        if (i >= run->warm_up)
            run->trip_us[i - run->warm_up] = (double)(viewed_ns - called_ns) / NS_PER_US;
    }
    return true;
}

static bool answer_trips(const struct run *run, const struct ends *ends)
{
    int64_t ignored_ns;
    for (uint64_t i = 0; i < run->warm_up + run->trips; i++)
        if (!receive(run, ends, i + 1, &ignored_ns) || !send(run, ends, i + 1, &ignored_ns))
            return false;
    return true;
}

static bool ask(void *shared)
{
    struct run *run = shared;
    struct ends ends = {0};
    bool done = open_ends(run, true, &ends) && make_trips(run, &ends);
    cell_set(&run->opened, 5);
    close_ends(run, &ends);
    return done;
}

static bool answer(void *shared)
{
    struct run *run = shared;
    struct ends ends = {0};
    bool done = open_ends(run, false, &ends) && answer_trips(run, &ends) &&
                pair_sleep_until(&run->opened, 5); // the last answer is taken
    close_ends(run, &ends);
    return done;
}

static bool prepare(struct run *run)
{
    if (!run->carrier->prepare)
        return true;
    if (!run->carrier->prepare(&run->there))
        return false;
    if (run->carrier->prepare(&run->back))
        return true;
    run->carrier->discard(&run->there);
    return false;
}

static const char *measure_trips(struct run *run)
{
    way_name(&run->there);
    way_name(&run->back);
    memset(&run->opened, 0, sizeof(run->opened));
    if (!prepare(run))
        return "it could not be set up";
    bool done = pair_run(ask, answer, false, run);
    if (run->carrier->discard) {
        run->carrier->discard(&run->there);
        run->carrier->discard(&run->back);
    }
    return done ? NULL : "it failed";
}

static void measure(struct run *run, const char *name, const struct carrier *carrier,
                    const char *why)
{
    size_t bytes = run->there.size->bytes;
    struct row row = {"round trip", name, run->way->label, run->there.size->label, "us", 0};
    run->carrier = carrier;
    if (!why)
        why = way_refuses(run->way, carrier, bytes);
    if (!why && carrier->in_place_max)
        why = way_lacks_room(run->there.size);
    if (!why)
        why = measure_trips(run);
    row.value = middle(run->trip_us, run->trips);
    if (why)
        row_missing(&row, why);
    else
        row_print(&row);
}

static void measure_size(struct run *run, const struct frame_size *size, bool quick)
{
    for (int i = 0; i < WAY_COUNT; i++) {
        run->way = &way_table[i];
        run->there = (struct route){.size = size, .readers = 1, .sleeping = run->way->sleeping};
        run->back = run->there;
        run->trips = way_frames(run->way, size, quick);
        run->warm_up = way_warm_up(size);
        measure(run, "tachy", &ring_carrier, NULL);
        for (int j = 0; j < RIVAL_COUNT; j++) {
            const struct rival *rival = &rival_table[j];
            measure(run, rival->name, rival->carrier, rival_missing(rival, &run->there));
        }
    }
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    struct run *run = pair_map(sizeof(*run));
    if (!run)
        return 1;
    rivals_start();
    for (size_t i = 0; i < SIZE_COUNT; i++)
        measure_size(run, &size_table[i], quick);
    rivals_stop();
    pair_unmap(run, sizeof(*run));
    return 0;
}
