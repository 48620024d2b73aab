// A rival: Unix stream sockets, one per reader, with the largest buffers the system allows. (A SOCK_SEQPACKET message must
// fit the send buffer, which 8.3 MB do not; for small ones the two are equally fast.)
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/rivals/rivals.h"
#include "common/base/clock.h"

enum { PATIENCE_MS = 5000, BUFFER_BYTES = 16 << 20 };

struct end {
    const int (*sockets)[2];
    uint32_t readers; // the writer's
    int socket;       // a reader's
    bool sleeping;
    size_t bytes;
    char *frame;
};

static void discard(struct route *route)
{
    for (uint32_t i = 0; i < route->readers; i++)
        for (int side = 0; side < 2; side++)
            close(route->sockets[i][side]);
}

static bool make_pair(int sockets[2])
{
    int bytes = BUFFER_BYTES; // the kernel cuts it to net.core.wmem_max
    struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        setsockopt(sockets[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
        setsockopt(sockets[i], SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
        setsockopt(sockets[i], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        setsockopt(sockets[i], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    }
    return true;
}

static bool prepare(struct route *route)
{
    for (uint32_t i = 0; i < route->readers; i++) {
        if (make_pair(route->sockets[i]))
            continue;
        fprintf(stderr, "bench: unix socket: %s\n", strerror(errno));
        struct route made = *route;
        made.readers = i;
        discard(&made);
        return false;
    }
    return true;
}

static void close_end(void *opaque)
{
    struct end *end = opaque;
    if (!end)
        return;
    free(end->frame);
    free(end);
}

static struct end *open_end(const struct route *route)
{
    struct end *end = calloc(1, sizeof(*end));
    if (!end)
        return NULL;
    *end = (struct end){.sockets = route->sockets,
                        .readers = route->readers,
                        .sleeping = route->sleeping,
                        .bytes = route->size->bytes};
    end->frame = aligned_alloc(64, end->bytes);
    if (!end->frame) {
        close_end(end);
        return NULL;
    }
    memset(end->frame, 0, end->bytes);
    return end;
}

static void *open_writer(const struct route *route)
{
    return open_end(route);
}

static void *open_reader(const struct route *route, uint32_t index)
{
    struct end *end = open_end(route);
    if (end)
        end->socket = route->sockets[index][1];
    return end;
}

static void *loan(void *opaque)
{
    struct end *end = opaque;
    return end->frame;
}

static bool send_frame(const struct end *end, int socket)
{
    for (size_t sent = 0; sent < end->bytes;) {
        ssize_t part = send(socket, end->frame + sent, end->bytes - sent, MSG_NOSIGNAL);
        if (part <= 0) {
            fprintf(stderr, "bench: unix socket: send: %s\n", strerror(errno));
            return false;
        }
        sent += (size_t)part;
    }
    return true;
}

static bool publish(void *opaque)
{
    const struct end *end = opaque;
    for (uint32_t i = 0; i < end->readers; i++)
        if (!send_frame(end, end->sockets[i][0]))
            return false;
    return true;
}

static const void *receive(void *opaque)
{
    struct end *end = opaque;
    int flags = end->sleeping ? 0 : MSG_DONTWAIT;
    int64_t deadline = clock_now_ns() + PATIENCE_MS * (int64_t)NS_PER_MS;
    for (size_t got = 0; got < end->bytes;) {
        ssize_t part = recv(end->socket, end->frame + got, end->bytes - got, flags);
        if (part > 0) {
            got += (size_t)part;
        } else if (part == 0 || end->sleeping || errno != EAGAIN || clock_now_ns() > deadline) {
            fprintf(stderr, "bench: unix socket: receive: %s\n",
                    part ? strerror(errno) : "the writer has closed");
            return NULL;
        }
    }
    return end->frame;
}

static void release(void *opaque)
{
    (void)opaque; // the next frame is received into the same buffer
}

const struct carrier unix_socket_carrier = {
    .name = "unix socket",
    .prepare = prepare,
    .discard = discard,
    .open_writer = open_writer,
    .loan = loan,
    .publish = publish,
    .close_writer = close_end,
    .open_reader = open_reader,
    .receive = receive,
    .release = release,
    .close_reader = close_end,
};
