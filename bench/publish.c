// bench-publish: one round of what a writer pays for handing a frame over: publish of a prepared slot, time stamp and
// fence included, and claim + publish, with no reader, with one that holds a frame, and with one that looks all the time.
//
// "publish" is the mean of a batch: all slots are claimed and written before, one pair of clock readings lies around all
// publishes, and the pair's own cost is taken off. "publish, one at a time" has a pair around each single publish, so what
// claiming and writing left in the pipeline and the caches counts as well; the pair's own cost (of pairs with nothing
// between them, in the same run) is taken off.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <tachy/tachy.h>
#include <unistd.h>

#include "bench/lib/middle.h"
#include "bench/lib/pair.h"
#include "bench/lib/row.h"
#include "common/base/clock.h"

enum { BATCH = 16, BATCHES = 600, SINGLES = 3000, PAIRS = 999 };
enum audience { NOBODY, HOLDING, LOOKING };
static const tachy_camera camera = {.fx = 8, .fy = 8, .cx = 8, .cy = 1, .name = "a"};
static const int64_t patience_ns = 5 * (int64_t)NS_PER_S;

struct run {
    enum audience audience;
    char name[48];
    struct cell ready,
        done; // ready: 1 the stream is there, 2 the reader is attached, 3 it has what it needs
    double publish_ns, single_ns, claim_publish_ns;
    uint64_t seen; // by a looking reader
};

static bool fail(const char *what)
{
    fprintf(stderr, "bench: tachy: %s: %s\n", what, tachy_error());
    return false;
}

static double pair_cost_ns(void)
{
    double samples[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
        int64_t begin = clock_now_ns();
        samples[i] = (double)(clock_now_ns() - begin);
    }
    return middle(samples, PAIRS);
}

static bool prepare(tachy_writer *writer, uint64_t number, tachy_draft **draft)
{
    if (tachy_writer_claim(writer, 0, draft) != TACHY_OK)
        return fail("claim");
    memcpy(tachy_draft_plane(*draft, "color", NULL), &number, sizeof(number));
    return tachy_draft_set_camera(*draft, 0, &camera) == TACHY_OK || fail("camera");
}

static bool measure_batches(tachy_writer *writer, double *publish_ns)
{
    double samples[BATCHES], clock_ns = pair_cost_ns();
    for (int i = 0; i < BATCHES; i++) {
        tachy_draft *drafts[BATCH];
        for (int j = 0; j < BATCH; j++)
            if (!prepare(writer, (uint64_t)i, &drafts[j]))
                return false;
        int64_t begin = clock_now_ns();
        for (int j = 0; j < BATCH; j++)
            tachy_draft_publish(&drafts[j]);
        samples[i] = ((double)(clock_now_ns() - begin) - clock_ns) / BATCH;
    }
    *publish_ns = middle(samples, BATCHES);
    return true;
}

static bool measure_singles(tachy_writer *writer, double *single_ns)
{
    double samples[SINGLES], clock_ns = pair_cost_ns();
    for (int i = 0; i < SINGLES; i++) {
        tachy_draft *draft;
        if (!prepare(writer, (uint64_t)i, &draft))
            return false;
        int64_t begin = clock_now_ns();
        tachy_draft_publish(&draft);
        samples[i] = (double)(clock_now_ns() - begin) - clock_ns;
    }
    *single_ns = middle(samples, SINGLES);
    return true;
}

static bool measure_claims(tachy_writer *writer, double *claim_publish_ns)
{
    double samples[BATCHES], clock_ns = pair_cost_ns();
    for (int i = 0; i < BATCHES; i++) {
        int64_t begin = clock_now_ns();
        for (int j = 0; j < BATCH; j++) {
            tachy_draft *draft;
            if (tachy_writer_claim(writer, 0, &draft) != TACHY_OK)
                return fail("claim");
            tachy_draft_publish(&draft);
        }
        samples[i] = ((double)(clock_now_ns() - begin) - clock_ns) / BATCH;
    }
    *claim_publish_ns = middle(samples, BATCHES);
    return true;
}

static bool measure_all(struct run *run, tachy_writer *writer)
{
    tachy_draft *draft;
    if (run->audience != NOBODY && !pair_sleep_until(&run->ready, 2))
        return false;
    if (!prepare(writer, 0, &draft) || tachy_draft_publish(&draft) != TACHY_OK)
        return fail("first frame");
    if (run->audience != NOBODY && !pair_sleep_until(&run->ready, 3))
        return false;
    return measure_batches(writer, &run->publish_ns) && measure_singles(writer, &run->single_ns) &&
           measure_claims(writer, &run->claim_publish_ns);
}

static bool write_frames(void *shared)
{
    struct run *run = shared;
    tachy_plane_params plane = {"color", TACHY_U8, 1, 1, 16, 4};
    tachy_writer_params params = {.size = sizeof(params),
                                  .name = run->name,
                                  .planes = &plane,
                                  .plane_count = 1,
                                  .drafts_max = BATCH};
    tachy_writer *writer;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        return fail("cannot make a stream");
    cell_set(&run->ready, 1);
    bool done = measure_all(run, writer);
    cell_set(&run->done, 1);
    tachy_writer_destroy(&writer);
    return done;
}

static bool read_all(struct run *run, tachy_stream *stream)
{
    tachy_frame *frame;
    cell_set(&run->ready, 2);
    if (tachy_stream_next(stream, patience_ns, &frame) != TACHY_OK)
        return fail("no frame");
    cell_set(&run->ready, 3);
    while (run->audience == HOLDING && !cell_get(&run->done))
        pair_sleep_ns(NS_PER_MS);
    tachy_frame_release(&frame);
    while (!cell_get(&run->done)) {
        if (tachy_stream_next(stream, 0, &frame) != TACHY_OK)
            continue;
        run->seen++;
        tachy_frame_release(&frame);
    }
    return true;
}

static bool read_frames(void *shared)
{
    struct run *run = shared;
    tachy_stream_params params = {.size = sizeof(params), .name = run->name};
    tachy_stream *stream;
    if (run->audience == NOBODY)
        return true;
    if (!pair_sleep_until(&run->ready, 1))
        return false;
    if (tachy_stream_attach(&params, patience_ns, &stream) != TACHY_OK)
        return fail("cannot attach");
    bool done = read_all(run, stream);
    tachy_stream_detach(&stream);
    return done;
}

static void report(const char *name, const char *mode, bool done, double ns)
{
    struct row row = {"publish", name, mode, "64 B", "us", ns / NS_PER_US};
    if (done)
        row_print(&row);
    else
        row_missing(&row, "it failed");
}

static void measure(struct run *run, enum audience audience, const char *mode)
{
    memset(run, 0, sizeof(*run));
    run->audience = audience;
    snprintf(run->name, sizeof(run->name), "bench-%d/publish", (int)getpid());
    bool done = pair_run(write_frames, read_frames, false, run);
    if (done && audience == LOOKING && run->seen == 0) {
        fprintf(stderr, "bench: publish: the reader that looks all the time saw no frame\n");
        done = false;
    }
    report("publish", mode, done, run->publish_ns);
    report("publish, one at a time", mode, done, run->single_ns);
    report("claim and publish", mode, done, run->claim_publish_ns);
}

int main(void)
{
    struct run *run = pair_map(sizeof(*run));
    if (!run)
        return 1;
    measure(run, NOBODY, "no reader");
    measure(run, HOLDING, "reader holds a frame");
    measure(run, LOOKING, "reader spins");
    pair_unmap(run, sizeof(*run));
    return 0;
}
