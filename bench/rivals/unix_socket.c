// A rival: a Unix stream socket with the largest buffers the system allows. (A SOCK_SEQPACKET message must fit the send
// buffer, which 8.3 MB do not; for small ones the two are equally fast.)
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/carrier.h"
#include "common/base/clock.h"

enum { PATIENCE_MS = 5000, BUFFER_BYTES = 16 << 20 };

struct end {
    int socket;
    bool sleeping;
    size_t bytes;
    char *frame;
};

static bool prepare(struct route *route)
{
    int bytes = BUFFER_BYTES; // the kernel cuts it to net.core.wmem_max
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, route->sockets) != 0) {
        fprintf(stderr, "bench: unix socket: %s\n", strerror(errno));
        return false;
    }
    for (int i = 0; i < 2; i++) {
        setsockopt(route->sockets[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
        setsockopt(route->sockets[i], SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
    }
    return true;
}

static void discard(struct route *route)
{
    close(route->sockets[0]);
    close(route->sockets[1]);
}

static void close_end(void *opaque)
{
    struct end *end = opaque;
    if (!end)
        return;
    free(end->frame);
    free(end);
}

static struct end *open_end(const struct route *route, int socket)
{
    struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    struct end *end = calloc(1, sizeof(*end));
    if (!end)
        return NULL;
    *end = (struct end){socket, route->sleeping, route->size->bytes, NULL};
    end->frame = aligned_alloc(64, end->bytes);
    if (!end->frame) {
        close_end(end);
        return NULL;
    }
    memset(end->frame, 0, end->bytes);
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    return end;
}

static void *open_writer(const struct route *route)
{
    return open_end(route, route->sockets[0]);
}

static void *open_reader(const struct route *route)
{
    return open_end(route, route->sockets[1]);
}

static bool send_frame(void *opaque, uint64_t number, int64_t *called_ns)
{
    struct end *end = opaque;
    memcpy(end->frame, &number, sizeof(number));
    memcpy(end->frame + end->bytes - sizeof(number), &number, sizeof(number));
    *called_ns = clock_now_ns();
    for (size_t sent = 0; sent < end->bytes;) {
        ssize_t part = send(end->socket, end->frame + sent, end->bytes - sent, MSG_NOSIGNAL);
        if (part <= 0) {
            fprintf(stderr, "bench: unix socket: send: %s\n", strerror(errno));
            return false;
        }
        sent += (size_t)part;
    }
    return true;
}

static bool receive_frame(void *opaque, struct receipt *receipt)
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
            return false;
        }
    }
    receipt->viewed_ns = clock_now_ns();
    receipt->published_ns = 0;
    memcpy(&receipt->first, end->frame, sizeof(uint64_t));
    memcpy(&receipt->last, end->frame + end->bytes - sizeof(uint64_t), sizeof(uint64_t));
    return true;
}

const struct carrier unix_socket_carrier = {
    .name = "unix socket",
    .can_spin = true,
    .prepare = prepare,
    .discard = discard,
    .open_writer = open_writer,
    .send = send_frame,
    .close_writer = close_end,
    .open_reader = open_reader,
    .receive = receive_frame,
    .close_reader = close_end,
};
