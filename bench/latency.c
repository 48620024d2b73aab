// bench-latency: one round of publish -> view in another process, for our ring and its rivals, each size, both ways of
// waiting, one after the other, with the bare cache line measured before and after each spinning reader of ours. (Where a
// host moves virtual cores about, that line takes 0.07 us now and 0.26 us a second later; both must meet the same.)
//
// A frame's time runs from a CLOCK_MONOTONIC stamp to one that the reader takes as soon as it can read the whole frame.
// Ours starts at the stamp inside publish (tachy_frame_published_ns); "from the call" starts before the call, as it must
// for the rivals, and is what their ratios use. Frames go one at a time: the writer sends the next when the reader has
// taken the last. In sleeping rounds a millisecond lies between two, and the kernel's count of voluntary switches must
// show that the reader slept for each. Every figure is the mean of both directions between the two cores.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/carrier.h"
#include "bench/lib/limit.h"
#include "bench/lib/middle.h"
#include "bench/lib/pair.h"
#include "bench/lib/row.h"
#include "common/base/clock.h"

enum { WARM_UP = 20, FRAMES_MAX = 2000, SPIN_GAP_NS = 5 * NS_PER_US, SLEEP_GAP_NS = NS_PER_MS };
enum { FEWER = 40, TRIES_MAX = 5 }; // frames are fewer by so many where each takes long
#define LINES_DIFFER_MOST 0.2

/// The middle of one round.
struct figures {
    double publish_us, call_us; ///< from the stamp in publish; from before the call
    double line_us, stamped_us; ///< the bare cache line at the same time; and timed as a frame is
};

struct run {
    const struct carrier *carrier;
    struct route route;
    uint64_t frames, switches; // `switches`: how often the reader gave up its core
    struct cell opened, taken;
    int64_t called_ns[FRAMES_MAX], published_ns[FRAMES_MAX], viewed_ns[FRAMES_MAX];
};

static bool wait_taken(const struct run *run, uint64_t number)
{
    // Asleep while it waits: a rival's own thread may want the core.
    bool taken = run->route.sleeping ? pair_sleep_until(&run->taken, number)
                                     : pair_spin_until(&run->taken, number);
    if (!taken)
        fprintf(stderr, "bench: %s: the reader did not take a frame\n", run->carrier->name);
    return taken;
}

static bool send_all(struct run *run, void *writer)
{
    for (uint64_t i = 0; i < WARM_UP + run->frames; i++) {
        int64_t called_ns;
        pair_spin_ns(run->route.sleeping ? SLEEP_GAP_NS : SPIN_GAP_NS);
        if (!run->carrier->send(writer, i + 1, &called_ns) || !wait_taken(run, i + 1))
            return false;
        if (i >= WARM_UP)
            run->called_ns[i - WARM_UP] = called_ns;
    }
    return true;
}

static bool write_frames(void *shared)
{
    struct run *run = shared;
    void *writer = run->carrier->open_writer(&run->route);
    if (writer)
        cell_set(&run->opened, 1);
    bool done = writer && pair_sleep_until(&run->opened, 2) && send_all(run, writer);
    run->carrier->close_writer(writer);
    return done;
}

static uint64_t count_switches(void)
{
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_nvcsw;
}

static bool receive_all(struct run *run, void *reader)
{
    for (uint64_t i = 0; i < WARM_UP + run->frames; i++) {
        struct receipt receipt;
        if (i == WARM_UP)
            run->switches = count_switches();
        if (!run->carrier->receive(reader, &receipt))
            return false;
        if (receipt.first != i + 1 || receipt.last != i + 1) {
            fprintf(stderr, "bench: %s: frame %llu has the numbers %llu and %llu\n",
                    run->carrier->name, (unsigned long long)i + 1,
                    (unsigned long long)receipt.first, (unsigned long long)receipt.last);
            return false;
        }
        if (i >= WARM_UP) {
            run->published_ns[i - WARM_UP] = receipt.published_ns;
            run->viewed_ns[i - WARM_UP] = receipt.viewed_ns;
        }
        cell_set(&run->taken, i + 1);
    }
    run->switches = count_switches() - run->switches;
    return true;
}

static bool read_frames(void *shared)
{
    struct run *run = shared;
    if (!pair_sleep_until(&run->opened, 1))
        return false;
    void *reader = run->carrier->open_reader(&run->route);
    if (reader)
        cell_set(&run->opened, 2);
    bool done = reader && receive_all(run, reader);
    run->carrier->close_reader(reader);
    return done;
}

static double span_us(const int64_t *from_ns, const int64_t *to_ns, uint64_t count)
{
    double spans[FRAMES_MAX];
    for (uint64_t i = 0; i < count; i++)
        spans[i] = (double)(to_ns[i] - from_ns[i]) / NS_PER_US;
    return middle(spans, count);
}

static void make_name(struct route *route)
{
    static unsigned runs;
    snprintf(route->name, sizeof(route->name), "bench-%d/%u", (int)getpid(), ++runs);
}

/// One way; adds half of its middles to the figures.
static const char *measure_way(struct run *run, bool swapped, struct figures *figures)
{
    make_name(&run->route);
    memset(&run->opened, 0, sizeof(run->opened));
    memset(&run->taken, 0, sizeof(run->taken));
    if (run->carrier->prepare && !run->carrier->prepare(&run->route))
        return "it could not be set up";
    bool done = pair_run(write_frames, read_frames, swapped, run);
    if (run->carrier->discard)
        run->carrier->discard(&run->route);
    if (!done)
        return "it failed";
    if (run->route.sleeping && run->switches < run->frames)
        return "the reader did not sleep between frames";
    figures->publish_us += span_us(run->published_ns, run->viewed_ns, run->frames) / 2;
    figures->call_us += span_us(run->called_ns, run->viewed_ns, run->frames) / 2;
    return NULL;
}

static const char *measure_ways(struct run *run, struct figures *figures)
{
    *figures = (struct figures){0};
    const char *why = measure_way(run, false, figures);
    return why ? why : measure_way(run, true, figures);
}

/// With the cache line before and after: again while the two differ, for then the cores were moved meanwhile.
static const char *measure_beside_line(struct run *run, struct figures *figures)
{
    for (int try = 0; try < TRIES_MAX; try++) {
        double before_us = limit_cache_line_ns() / NS_PER_US;
        const char *why = measure_ways(run, figures);
        double after_us = limit_cache_line_ns() / NS_PER_US;
        figures->line_us = (before_us + after_us) / 2;
        figures->stamped_us = limit_stamped_line_ns() / NS_PER_US;
        if (why || isnan(figures->line_us) ||
            fabs(before_us - after_us) < LINES_DIFFER_MOST * figures->line_us)
            return why;
    }
    return NULL; // an unsteady machine: the median over the rounds has to do
}

static void report(const struct run *run, const char *name, const char *why, double us)
{
    const char *mode = run->route.sleeping ? "sleeping" : "spinning";
    struct row row = {"latency", name, mode, run->route.size->label, "us", us};
    if (why || isnan(us))
        row_missing(&row, why ? why : "it could not be measured");
    else
        row_print(&row);
}

static void measure_ring(struct run *run)
{
    struct figures figures = {0};
    const char *why =
        run->route.sleeping ? measure_ways(run, &figures) : measure_beside_line(run, &figures);
    report(run, "tachy", why, figures.publish_us);
    report(run, "tachy, from the call", why, figures.call_us);
    if (run->route.sleeping)
        return;
    report(run, "cache line", NULL, figures.line_us);
    report(run, "cache line, stamped", NULL, figures.stamped_us);
}

static void measure_rival(struct run *run)
{
    struct figures figures;
    const char *why = measure_ways(run, &figures);
    report(run, run->carrier->name, why, figures.call_us);
}

static void measure_size(struct run *run, uint64_t frames)
{
    static const struct carrier *const rivals[] = {
        &unix_socket_carrier,
#if BENCH_ZEROMQ
        &zeromq_carrier,
#endif
    };
    for (int sleeping = 0; sleeping < 2; sleeping++) {
        run->route.sleeping = sleeping;
        run->carrier = &ring_carrier;
        run->frames = sleeping ? frames / FEWER : frames;
        measure_ring(run);
        if (run->route.size->bytes > 1 << 20)
            run->frames = frames / FEWER;
        for (size_t i = 0; i < sizeof(rivals) / sizeof(rivals[0]); i++) {
            run->carrier = rivals[i];
            if (sleeping || run->carrier->can_spin)
                measure_rival(run);
        }
    }
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    struct run *run = pair_map(sizeof(*run));
    if (!run)
        return 1;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        run->route.size = &size_table[i];
        measure_size(run, quick ? FRAMES_MAX / 4 : FRAMES_MAX);
#if !BENCH_ZEROMQ
        row_missing(&(struct row){"latency", "zeromq ipc", "sleeping", size_table[i].label},
                    "built without libzmq");
#endif
    }
    pair_unmap(run, sizeof(*run));
    return 0;
}
