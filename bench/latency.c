// bench-latency: one round of publish -> view in another process, for our ring and its rivals, each size, in place and
// copied in, spinning and sleeping, one after the other. In place to a spinning reader, ours and the first rival (iceoryx2)
// stand between looks at the bare cache line, which must not differ: where a host moves virtual cores about, that line takes
// 0.07 us now and 0.26 us a second later, and what is compared must meet the same.
//
// A frame's time runs from a CLOCK_MONOTONIC stamp to one that the reader takes as soon as it has a pointer to the whole
// frame. In place each side stamps once, right before it hands the frame over: a rival's writer before its call, ours inside
// publish (tachy_frame_published_ns) when all else is said. That is "tachy", and what ratios use. "tachy, from the
// call" runs from before our call, as the rivals' do, and so holds two readings of the clock; it stands beside, as information.
// With "copied in" all run from before the copy. Frames go one at a time: the writer sends the next when the reader has
// taken the last. In sleeping rounds a millisecond lies between two, and the kernel's count of voluntary switches must show
// that the reader slept for each. Every figure is the mean of both directions between the two cores.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/lib/limit.h"
#include "bench/lib/middle.h"
#include "bench/lib/pair.h"
#include "bench/lib/row.h"
#include "bench/lib/way.h"
#include "common/base/clock.h"

enum { TRIES_MAX = 3 };
#define LINES_DIFFER_MOST 0.2

/// The middle of one round.
struct figures {
    double publish_us, call_us; ///< from the stamp in publish; from before the call
};

struct run {
    const struct carrier *carrier;
    const struct way *way;
    struct route route;
    uint64_t frames, warm_up, switches; // `switches`: how often the reader gave up its core
    struct cell opened, taken;
    int64_t called_ns[WAY_FRAMES_MAX], published_ns[WAY_FRAMES_MAX], viewed_ns[WAY_FRAMES_MAX];
};

static bool wait_taken(const struct run *run, uint64_t number)
{
    // Asleep while it waits: a rival's own thread may want the core.
    bool taken = run->way->sleeping ? pair_sleep_until(&run->taken, number)
                                    : pair_spin_until(&run->taken, number);
    if (!taken)
        fprintf(stderr, "bench: %s: the reader did not take a frame\n", run->carrier->name);
    return taken;
}

static bool send(const struct run *run, void *writer, void *source, uint64_t number,
                 int64_t *called_ns)
{
    size_t bytes = run->route.size->bytes;
    bool copies = way_copies(run->way, run->carrier, bytes);
    void *frame = run->carrier->loan(writer);
    if (!frame)
        return false;
    frame_mark(copies ? source : frame, bytes, number);
    *called_ns = clock_now_ns();
    if (copies)
        memcpy(frame, source, bytes);
    return run->carrier->publish(writer);
}

static bool send_all(struct run *run, void *writer, void *source)
{
    for (uint64_t i = 0; i < run->warm_up + run->frames; i++) {
        int64_t called_ns;
        way_pause(run->way);
        if (!send(run, writer, source, i + 1, &called_ns) || !wait_taken(run, i + 1))
            return false;
        if (i >= run->warm_up)
            run->called_ns[i - run->warm_up] = called_ns;
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
    bool done = writer && pair_sleep_until(&run->opened, 2) && send_all(run, writer, source);
    if (writer)
        run->carrier->close_writer(writer);
    free(source);
    return done;
}

static bool receive_all(struct run *run, void *reader)
{
    const struct carrier *carrier = run->carrier;
    for (uint64_t i = 0; i < run->warm_up + run->frames; i++) {
        if (i == run->warm_up)
            run->switches = way_switches();
        const void *frame = carrier->receive(reader);
        int64_t viewed_ns = clock_now_ns();
        if (!frame || !frame_is(carrier, frame, run->route.size->bytes, i + 1))
            return false;
        if (i >= run->warm_up) {
            run->published_ns[i - run->warm_up] =
                carrier->published_ns ? carrier->published_ns(reader) : 0;
            run->viewed_ns[i - run->warm_up] = viewed_ns;
        }
        carrier->release(reader);
        cell_set(&run->taken, i + 1);
    }
    run->switches = way_switches() - run->switches;
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
    if (reader)
        run->carrier->close_reader(reader);
    return done;
}

static double span_us(const int64_t *from_ns, const int64_t *to_ns, uint64_t count)
{
    double spans[WAY_FRAMES_MAX];
    for (uint64_t i = 0; i < count; i++)
        spans[i] = (double)(to_ns[i] - from_ns[i]) / NS_PER_US;
    return middle(spans, count);
}

/// One direction; adds half of its middles to the figures.
static const char *measure_direction(struct run *run, bool swapped, struct figures *figures)
{
    way_name(&run->route);
    memset(&run->opened, 0, sizeof(run->opened));
    memset(&run->taken, 0, sizeof(run->taken));
    if (run->carrier->prepare && !run->carrier->prepare(&run->route))
        return "it could not be set up";
    bool done = pair_run(write_frames, read_frames, swapped, run);
    if (run->carrier->discard)
        run->carrier->discard(&run->route);
    if (!done)
        return "it failed";
    if (run->way->sleeping && run->switches < run->frames)
        return "the reader did not sleep between frames";
    figures->publish_us += span_us(run->published_ns, run->viewed_ns, run->frames) / 2;
    figures->call_us += span_us(run->called_ns, run->viewed_ns, run->frames) / 2;
    return NULL;
}

static const char *measure_both(struct run *run, struct figures *figures)
{
    *figures = (struct figures){0};
    const char *why = measure_direction(run, false, figures);
    return why ? why : measure_direction(run, true, figures);
}

static const char *measure_ring(struct run *run, struct figures *figures)
{
    const char *why = way_lacks_room(run->route.size);
    run->carrier = &ring_carrier;
    return why ? why : measure_both(run, figures);
}

static const char *measure_rival(struct run *run, const struct rival *rival,
                                 struct figures *figures)
{
    const char *why = rival_missing(rival, &run->route);
    run->carrier = rival->carrier;
    if (!why)
        why = way_refuses(run->way, rival->carrier, run->route.size->bytes);
    if (!why && rival->carrier->in_place_max)
        why = way_lacks_room(run->route.size);
    return why ? why : measure_both(run, figures);
}

static void report(const struct run *run, const char *name, const char *why, double us)
{
    struct row row = {"latency", name, run->way->label, run->route.size->label, "us", us};
    if (why || isnan(us))
        row_missing(&row, why ? why : "it could not be measured");
    else
        row_print(&row);
}

static void report_ring(const struct run *run, const char *why, const struct figures *figures)
{
    if (!run->way->copied)
        report(run, "tachy", why, figures->publish_us);
    report(run, "tachy, from the call", why, figures->call_us);
}

static bool are_steady(const double lines_us[3])
{
    double least = fmin(fmin(lines_us[0], lines_us[1]), lines_us[2]);
    double most = fmax(fmax(lines_us[0], lines_us[1]), lines_us[2]);
    return most - least < LINES_DIFFER_MOST * least;
}

/// Ours and a rival, each between two looks at the bare cache line: both again while the looks differ, for then the cores were
/// moved meanwhile. On a machine that stays unsteady the median over the rounds has to do.
static void measure_beside_line(struct run *run, const struct rival *rival)
{
    struct figures ours = {0}, theirs = {0};
    const char *why = NULL, *rival_why = NULL;
    double lines_us[3] = {0};
    for (int try = 0; try < TRIES_MAX; try++) {
        lines_us[0] = limit_cache_line_ns() / NS_PER_US;
        why = measure_ring(run, &ours);
        lines_us[1] = limit_cache_line_ns() / NS_PER_US;
        rival_why = measure_rival(run, rival, &theirs);
        lines_us[2] = limit_cache_line_ns() / NS_PER_US;
        if (why || are_steady(lines_us))
            break;
    }
    report_ring(run, why, &ours);
    report(run, "cache line", why, (lines_us[0] + lines_us[1]) / 2);
    report(run, "cache line, stamped", why, limit_stamped_line_ns() / NS_PER_US);
    report(run, rival->name, rival_why, theirs.call_us);
}

static void measure_way(struct run *run)
{
    struct figures figures = {0};
    int next = 0;
    if (!run->way->sleeping && !run->way->copied)
        measure_beside_line(run, &rival_table[next++]);
    else
        report_ring(run, measure_ring(run, &figures), &figures);
    for (; next < RIVAL_COUNT; next++) {
        const char *why = measure_rival(run, &rival_table[next], &figures);
        report(run, rival_table[next].name, why, figures.call_us);
    }
}

static void measure_size(struct run *run, const struct frame_size *size, bool quick)
{
    for (int i = 0; i < WAY_COUNT; i++) {
        run->way = &way_table[i];
        run->route = (struct route){.size = size, .readers = 1, .sleeping = run->way->sleeping};
        run->frames = way_frames(run->way, size, quick);
        run->warm_up = way_warm_up(size);
        measure_way(run);
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
