// bench-throughput: one round of how many frames a second one reader can take when none may be lost and the writer waits
// for it (or its call does), for our ring and its rivals, each size, every frame copied in from the writer's memory. The
// reader looks at the first and last bytes of each. It spins where the carrier lets it, else it sleeps.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/lib/pair.h"
#include "bench/lib/row.h"
#include "bench/lib/way.h"
#include "common/base/clock.h"

enum { BYTES = 1 << 28, FRAMES_MOST = 50000, FRAMES_LEAST = 12, QUICK = 4 };

struct run {
    const struct carrier *carrier;
    struct route route;
    uint64_t frames, warm_up;
    struct cell opened;
    int64_t span_ns;
};

static bool send_all(const struct run *run, void *writer, void *source)
{
    size_t bytes = run->route.size->bytes;
    bool copies = bytes <= run->carrier->in_place_max;
    for (uint64_t i = 0; i < run->warm_up + run->frames; i++) {
        void *frame = run->carrier->loan(writer);
        if (!frame)
            return false;
        frame_mark(copies ? source : frame, bytes, i + 1);
        if (copies)
            memcpy(frame, source, bytes);
        if (!run->carrier->publish(writer))
            return false;
    }
    return true;
}

static bool write_frames(void *shared)
{
    struct run *run = shared;
    size_t bytes = run->route.size->bytes;
    void *source = aligned_alloc(64, bytes);
    void *writer = source ? run->carrier->open_writer(&run->route) : NULL;
    if (writer) {
        memset(source, 1, bytes);
        cell_set(&run->opened, 1);
    }
    bool done = writer && pair_sleep_until(&run->opened, 2) && send_all(run, writer, source) &&
                pair_sleep_until(&run->opened, 3);
    if (writer)
        run->carrier->close_writer(writer);
    free(source);
    return done;
}

static bool receive_all(struct run *run, void *reader)
{
    int64_t begin = 0;
    for (uint64_t i = 0; i < run->warm_up + run->frames; i++) {
        const void *frame = run->carrier->receive(reader);
        if (!frame || !frame_is(run->carrier, frame, run->route.size->bytes, i + 1))
            return false;
        run->carrier->release(reader);
        if (i + 1 == run->warm_up)
            begin = clock_now_ns();
    }
    run->span_ns = clock_now_ns() - begin;
    return true;
}

static bool read_frames(void *shared)
{
    struct run *run = shared;
    if (!pair_sleep_until(&run->opened, 1))
        return false;
    void *reader = run->carrier->open_reader(&run->route, 0);
    if (reader)
        cell_set(&run->opened, 2);
    bool done = reader && receive_all(run, reader);
    cell_set(&run->opened, 3);
    if (reader)
        run->carrier->close_reader(reader);
    return done;
}

static const char *measure_run(struct run *run)
{
    way_name(&run->route);
    memset(&run->opened, 0, sizeof(run->opened));
    if (run->carrier->prepare && !run->carrier->prepare(&run->route))
        return "it could not be set up";
    bool done = pair_run(write_frames, read_frames, false, run);
    if (run->carrier->discard)
        run->carrier->discard(&run->route);
    return done ? NULL : "it failed";
}

static void measure(struct run *run, const char *name, const struct carrier *carrier,
                    const char *why)
{
    struct row row = {"throughput", name, "", run->route.size->label, "/s", 0};
    run->carrier = carrier;
    if (!why && carrier->in_place_max)
        why = way_lacks_room(run->route.size);
    if (!why)
        why = measure_run(run);
    row.value = why ? 0 : (double)run->frames * NS_PER_S / (double)run->span_ns;
    if (why)
        row_missing(&row, why);
    else
        row_print(&row);
}

static uint64_t count_frames(const struct frame_size *size, bool quick)
{
    uint64_t frames = BYTES / size->bytes / (quick ? QUICK : 1);
    if (frames > FRAMES_MOST)
        return FRAMES_MOST;
    return frames < FRAMES_LEAST ? FRAMES_LEAST : frames;
}

static void measure_size(struct run *run, const struct frame_size *size, bool quick)
{
    run->frames = count_frames(size, quick);
    run->warm_up = way_warm_up(size);
    run->route = (struct route){.size = size, .readers = 1, .every = true};
    measure(run, "tachy", &ring_carrier, NULL);
    for (int i = 0; i < RIVAL_COUNT; i++) {
        const struct carrier *carrier = rival_table[i].carrier;
        run->route.sleeping = carrier && carrier->why_no_spin;
        measure(run, rival_table[i].name, carrier, rival_missing(&rival_table[i], &run->route));
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
