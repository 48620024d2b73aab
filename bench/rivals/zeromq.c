// A rival: ZeroMQ over ipc, a PAIR of sockets, or XPUB and SUB for several readers. The sender lends its buffers
// (zmq_msg_init_data), so nothing is copied in the process; ZeroMQ's own thread carries the bytes through a Unix socket.
// That thread may use both cores. XPUB_NODROP: where a queue is full the writer waits.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "bench/lib/pair.h"
#include "bench/rivals/rivals.h"
#include "common/base/clock.h"

enum { PATIENCE_MS = 5000, QUEUE = 2, BUFFERS = 8 };

struct end {
    void *context, *socket;
    size_t bytes;
    uint32_t awaited; // subscriptions that have not come yet
    int loaned;
    struct cell lent[BUFFERS]; // ZeroMQ has the buffer
    char *buffers[BUFFERS];    // the writer's
    zmq_msg_t message;         // the reader's
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
    for (int i = 0; i < BUFFERS; i++)
        free(end->buffers[i]);
    free(end);
}

static void set_options(void *socket, int type)
{
    int patience = PATIENCE_MS, queue = QUEUE, yes = 1;
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &patience, sizeof(patience));
    zmq_setsockopt(socket, ZMQ_SNDTIMEO, &patience, sizeof(patience));
    zmq_setsockopt(socket, ZMQ_LINGER, &patience, sizeof(patience));
    zmq_setsockopt(socket, ZMQ_SNDHWM, &queue, sizeof(queue));
    zmq_setsockopt(socket, ZMQ_RCVHWM, &queue, sizeof(queue));
    if (type == ZMQ_SUB)
        zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0);
    if (type != ZMQ_XPUB)
        return;
    zmq_setsockopt(socket, ZMQ_XPUB_NODROP, &yes, sizeof(yes));
    zmq_setsockopt(socket, ZMQ_XPUB_VERBOSE, &yes, sizeof(yes)); // each subscription is told
}

static struct end *open_end(const struct route *route, bool writer)
{
    char address[80];
    struct end *end = aligned_alloc(_Alignof(struct end), sizeof(*end));
    if (!end)
        return NULL;
    memset(end, 0, sizeof(*end));
    snprintf(address, sizeof(address), "ipc://@%s", route->name); // abstract: leaves no file
    end->bytes = route->size->bytes;
    end->awaited = route->readers > 1 ? route->readers : 0;
    int type = route->readers == 1 ? ZMQ_PAIR : writer ? ZMQ_XPUB : ZMQ_SUB;
    zmq_msg_init(&end->message);
    pair_unpin();
    end->context = zmq_ctx_new();
    end->socket = zmq_socket(end->context, type); // starts the thread
    pair_pin();
    if (end->socket) {
        set_options(end->socket, type);
        if ((writer ? zmq_bind : zmq_connect)(end->socket, address) == 0)
            return end;
    }
    fprintf(stderr, "bench: zeromq: cannot open %s: %s\n", address, zmq_strerror(zmq_errno()));
    close_end(end);
    return NULL;
}

static void *open_writer(const struct route *route)
{
    struct end *end = open_end(route, true);
    if (!end)
        return NULL;
    for (int i = 0; i < BUFFERS; i++) {
        end->buffers[i] = aligned_alloc(64, end->bytes);
        if (!end->buffers[i]) {
            close_end(end);
            return NULL;
        }
    }
    return end;
}

static void *open_reader(const struct route *route, uint32_t index)
{
    (void)index;
    return open_end(route, false);
}

static bool await_subscriptions(struct end *end)
{
    char message[8];
    for (; end->awaited; end->awaited--)
        if (zmq_recv(end->socket, message, sizeof(message), 0) < 0)
            return false;
    return true;
}

static void *loan(void *opaque)
{
    struct end *end = opaque;
    int64_t deadline = clock_now_ns() + PATIENCE_MS * (int64_t)NS_PER_MS;
    if (!await_subscriptions(end))
        return NULL;
    while (clock_now_ns() < deadline)
        for (int i = 0; i < BUFFERS; i++)
            if (cell_get(&end->lent[i]) == 0) {
                end->loaned = i;
                return end->buffers[i];
            }
    fprintf(stderr, "bench: zeromq: it gives no buffer back\n");
    return NULL;
}

static void take_back(void *data, void *hint)
{
    (void)data;
    cell_set(hint, 0);
}

static bool publish(void *opaque)
{
    struct end *end = opaque;
    struct cell *lent = &end->lent[end->loaned];
    zmq_msg_t message;
    cell_set(lent, 1);
    zmq_msg_init_data(&message, end->buffers[end->loaned], end->bytes, take_back, lent);
    if (zmq_msg_send(&message, end->socket, 0) >= 0)
        return true;
    fprintf(stderr, "bench: zeromq: send: %s\n", zmq_strerror(zmq_errno()));
    zmq_msg_close(&message);
    return false;
}

static const void *receive(void *opaque)
{
    struct end *end = opaque;
    int got = zmq_msg_recv(&end->message, end->socket, 0);
    if (got >= 0 && zmq_msg_size(&end->message) == end->bytes)
        return zmq_msg_data(&end->message);
    fprintf(stderr, "bench: zeromq: receive: %s\n",
            got < 0 ? zmq_strerror(zmq_errno()) : "a message of another size");
    return NULL;
}

static void release(void *opaque)
{
    struct end *end = opaque;
    zmq_msg_close(&end->message);
    zmq_msg_init(&end->message);
}

const struct carrier zeromq_carrier = {
    .name = "ZeroMQ ipc",
    .why_no_spin = "its own thread needs a core, and writer and reader would spin on both",
    .open_writer = open_writer,
    .loan = loan,
    .publish = publish,
    .close_writer = close_end,
    .open_reader = open_reader,
    .receive = receive,
    .release = release,
    .close_reader = close_end,
};
