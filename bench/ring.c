// Our ring as a carrier.
#include <stdio.h>
#include <stdlib.h>
#include <tachy/tachy.h>

#include "bench/carrier.h"
#include "common/base/clock.h"

static const int64_t patience_ns = 5 * (int64_t)NS_PER_S;

struct writing {
    tachy_writer *writer;
    tachy_draft *draft;
    int64_t wait_ns;
};

struct reading {
    tachy_stream *stream;
    tachy_frame *frame;
};

static void *fail(const char *what)
{
    fprintf(stderr, "bench: tachy: %s: %s\n", what, tachy_error());
    return NULL;
}

static void close_writer(void *opaque)
{
    struct writing *end = opaque;
    if (!end)
        return;
    tachy_writer_destroy(&end->writer);
    free(end);
}

static void *open_writer(const struct route *route)
{
    tachy_plane_params plane = {"color", TACHY_U8, 1, route->size->height, route->size->width, 4};
    tachy_writer_params params = {.size = sizeof(params),
                                  .name = route->name,
                                  .planes = &plane,
                                  .plane_count = 1,
                                  .held_max = route->readers,
                                  .lossless_wait_ns = patience_ns};
    struct writing *end = calloc(1, sizeof(*end));
    if (!end)
        return NULL;
    end->wait_ns = route->every ? patience_ns : 0;
    if (tachy_writer_create(&params, &end->writer) == TACHY_OK)
        return end;
    free(end);
    return fail("cannot make a stream");
}

static void *loan(void *opaque)
{
    struct writing *end = opaque;
    if (tachy_writer_claim(end->writer, end->wait_ns, &end->draft) != TACHY_OK)
        return fail("claim");
    return tachy_draft_plane(end->draft, "color", NULL);
}

static bool publish(void *opaque)
{
    struct writing *end = opaque;
    return tachy_draft_publish(&end->draft) == TACHY_OK || fail("publish");
}

static void *open_reader(const struct route *route, uint32_t index)
{
    (void)index;
    tachy_stream_params params = {.size = sizeof(params),
                                  .name = route->name,
                                  .reading = route->every ? TACHY_LOSSLESS : TACHY_NEWEST,
                                  .spin_ns = route->sleeping ? 0 : patience_ns};
    struct reading *end = calloc(1, sizeof(*end));
    if (!end)
        return NULL;
    if (tachy_stream_attach(&params, patience_ns, &end->stream) == TACHY_OK)
        return end;
    free(end);
    return fail("cannot attach");
}

static const void *receive(void *opaque)
{
    struct reading *end = opaque;
    if (tachy_stream_next(end->stream, patience_ns, &end->frame) != TACHY_OK)
        return fail("no frame");
    return tachy_frame_plane(end->frame, "color")->data;
}

static int64_t published_ns(void *opaque)
{
    struct reading *end = opaque;
    return tachy_frame_published_ns(end->frame);
}

static void release(void *opaque)
{
    struct reading *end = opaque;
    tachy_frame_release(&end->frame);
}

static void close_reader(void *opaque)
{
    struct reading *end = opaque;
    if (!end)
        return;
    tachy_frame_release(&end->frame);
    tachy_stream_detach(&end->stream);
    free(end);
}

const struct carrier ring_carrier = {
    .name = "tachy",
    .in_place_max = SIZE_MAX,
    .open_writer = open_writer,
    .loan = loan,
    .publish = publish,
    .close_writer = close_writer,
    .open_reader = open_reader,
    .receive = receive,
    .published_ns = published_ns,
    .release = release,
    .close_reader = close_reader,
};
