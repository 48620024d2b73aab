// Our ring as a carrier: in place, so the writer touches the frame's first and last bytes and copies nothing.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tachy/tachy.h>

#include "bench/carrier.h"
#include "common/base/clock.h"

static const int64_t patience_ns = 5 * (int64_t)NS_PER_S;

static bool fail(const char *what)
{
    fprintf(stderr, "bench: tachy: %s: %s\n", what, tachy_error());
    return false;
}

static void *open_writer(const struct route *route)
{
    tachy_plane_params plane = {"color", TACHY_U8, 1, route->size->height, route->size->width, 4};
    tachy_writer_params params = {.size = sizeof(params),
                                  .name = route->name,
                                  .planes = &plane,
                                  .plane_count = 1,
                                  .held_max = 1};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        fail("cannot make a stream");
    return writer;
}

static bool send_frame(void *opaque, uint64_t number, int64_t *called_ns)
{
    tachy_draft *draft;
    const tachy_plane *plane;
    if (tachy_writer_claim(opaque, 0, &draft) != TACHY_OK)
        return fail("claim");
    char *data = tachy_draft_plane(draft, "color", &plane);
    size_t end = (plane->height - 1) * plane->row_bytes + plane->width * 4;
    memcpy(data, &number, sizeof(number));
    memcpy(data + end - sizeof(number), &number, sizeof(number));
    *called_ns = clock_now_ns();
    return tachy_draft_publish(&draft) == TACHY_OK || fail("publish");
}

static void close_writer(void *opaque)
{
    tachy_writer *writer = opaque;
    tachy_writer_destroy(&writer);
}

static void *open_reader(const struct route *route)
{
    tachy_stream_params params = {.size = sizeof(params),
                                  .name = route->name,
                                  .reading = TACHY_NEWEST,
                                  .spin_ns = route->sleeping ? 0 : patience_ns};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, patience_ns, &stream) != TACHY_OK)
        fail("cannot attach");
    return stream;
}

static bool receive_frame(void *opaque, struct receipt *receipt)
{
    tachy_frame *frame;
    if (tachy_stream_next(opaque, patience_ns, &frame) != TACHY_OK)
        return fail("no frame");
    receipt->viewed_ns = clock_now_ns();
    receipt->published_ns = tachy_frame_published_ns(frame);
    const tachy_plane *plane = tachy_frame_plane(frame, "color");
    size_t end = (plane->height - 1) * plane->row_bytes + plane->width * 4;
    memcpy(&receipt->first, plane->data, sizeof(uint64_t));
    memcpy(&receipt->last, (const char *)plane->data + end - sizeof(uint64_t), sizeof(uint64_t));
    tachy_frame_release(&frame);
    return true;
}

static void close_reader(void *opaque)
{
    tachy_stream *stream = opaque;
    tachy_stream_detach(&stream);
}

const struct carrier ring_carrier = {
    .name = "tachy",
    .can_spin = true,
    .open_writer = open_writer,
    .send = send_frame,
    .close_writer = close_writer,
    .open_reader = open_reader,
    .receive = receive_frame,
    .close_reader = close_reader,
};
