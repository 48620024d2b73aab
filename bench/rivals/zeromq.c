// A rival: ZeroMQ over ipc, a PAIR of sockets. The sender lends its buffer (zmq_msg_init_data), so nothing is copied in
// the process; ZeroMQ's own thread carries the bytes through a Unix socket. That thread may use both cores.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "bench/carrier.h"
#include "bench/lib/pair.h"
#include "common/base/clock.h"

enum { PATIENCE_MS = 5000 };

struct end {
    void *context, *socket;
    size_t bytes;
    char *frame; // the writer's
};

static void close_end(void *opaque)
{
    struct end *end = opaque;
    if (!end)
        return;
    if (end->socket)
        zmq_close(end->socket);
    if (end->context)
        zmq_ctx_term(end->context);
    free(end->frame);
    free(end);
}

static struct end *open_end(const struct route *route, bool writer)
{
    char address[80];
    int patience = PATIENCE_MS;
    struct end *end = calloc(1, sizeof(*end));
    if (!end)
        return NULL;
    snprintf(address, sizeof(address), "ipc://@%s", route->name); // abstract: leaves no file
    end->bytes = route->size->bytes;
    end->frame = aligned_alloc(64, end->bytes);
    if (!end->frame)
        goto fail;
    memset(end->frame, 0, end->bytes);
    pair_unpin();
    end->context = zmq_ctx_new();
    end->socket = zmq_socket(end->context, ZMQ_PAIR); // starts the thread
    pair_pin();
    if (!end->socket)
        goto fail;
    zmq_setsockopt(end->socket, ZMQ_RCVTIMEO, &patience, sizeof(patience));
    zmq_setsockopt(end->socket, ZMQ_SNDTIMEO, &patience, sizeof(patience));
    zmq_setsockopt(end->socket, ZMQ_LINGER, &patience, sizeof(patience));
    if ((writer ? zmq_bind : zmq_connect)(end->socket, address) == 0)
        return end;
fail:
    fprintf(stderr, "bench: zeromq: cannot open %s: %s\n", address, zmq_strerror(zmq_errno()));
    close_end(end);
    return NULL;
}

static void *open_writer(const struct route *route)
{
    return open_end(route, true);
}

static void *open_reader(const struct route *route)
{
    return open_end(route, false);
}

static void keep(void *data, void *hint)
{
    (void)
        data; // the frame is the writer's own; it sends the next one only when this one has arrived
    (void)hint;
}

static bool send_frame(void *opaque, uint64_t number, int64_t *called_ns)
{
    struct end *end = opaque;
    zmq_msg_t message;
    memcpy(end->frame, &number, sizeof(number));
    memcpy(end->frame + end->bytes - sizeof(number), &number, sizeof(number));
    *called_ns = clock_now_ns();
    zmq_msg_init_data(&message, end->frame, end->bytes, keep, NULL);
    if (zmq_msg_send(&message, end->socket, 0) >= 0)
        return true;
    fprintf(stderr, "bench: zeromq: send: %s\n", zmq_strerror(zmq_errno()));
    zmq_msg_close(&message);
    return false;
}

static bool receive_frame(void *opaque, struct receipt *receipt)
{
    struct end *end = opaque;
    zmq_msg_t message;
    zmq_msg_init(&message);
    int got = zmq_msg_recv(&message, end->socket, 0);
    receipt->viewed_ns = clock_now_ns();
    receipt->published_ns = 0;
    bool whole = got >= 0 && zmq_msg_size(&message) == end->bytes;
    if (whole) {
        const char *data = zmq_msg_data(&message);
        memcpy(&receipt->first, data, sizeof(uint64_t));
        memcpy(&receipt->last, data + end->bytes - sizeof(uint64_t), sizeof(uint64_t));
    } else {
        fprintf(stderr, "bench: zeromq: receive: %s\n",
                got < 0 ? zmq_strerror(zmq_errno()) : "a message of another size");
    }
    zmq_msg_close(&message);
    return whole;
}

const struct carrier zeromq_carrier = {
    .name = "zeromq ipc",
    .can_spin = false, // its thread needs a core, and writer and reader would spin on both
    .open_writer = open_writer,
    .send = send_frame,
    .close_writer = close_end,
    .open_reader = open_reader,
    .receive = receive_frame,
    .close_reader = close_end,
};
