// A rival: nng over ipc, a pair0 of sockets. The sender writes into a message of nng's own and hands it over, so nothing is
// copied in the process; nng's own threads carry the bytes through a Unix socket. They may use both cores. malloc keeps
// large blocks, so that no frame pays for pages new from the kernel.
#include <malloc.h>
#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>
#include <nng/supplemental/util/platform.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/lib/pair.h"
#include "bench/rivals/rivals.h"

enum { PATIENCE_MS = 5000, KEPT_BYTES = 1 << 30, LINGER_MS = 20 };

struct end {
    nng_socket socket;
    size_t bytes;
    nng_msg *message;
};

static void *fail(const char *what, int error)
{
    fprintf(stderr, "bench: nng: %s: %s\n", what, nng_strerror(error));
    return NULL;
}

static void close_end(void *opaque)
{
    struct end *end = opaque;
    if (!end)
        return;
    if (end->message)
        nng_msg_free(end->message);
    nng_msleep(LINGER_MS); // close drops what is still on its way
    nng_close(end->socket);
    free(end);
}

static void keep_blocks(void)
{
    mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
}

static struct end *open_end(const struct route *route, bool writer)
{
    char address[80];
    struct end *end = calloc(1, sizeof(*end));
    if (!end)
        return NULL;
    keep_blocks();
    snprintf(address, sizeof(address), "abstract://%s", route->name); // leaves no file
    end->bytes = route->size->bytes;
    pair_unpin();
    int error = nng_pair0_open(&end->socket); // starts the threads
    if (error == 0) {
        nng_socket_set_ms(end->socket, NNG_OPT_RECVTIMEO, PATIENCE_MS);
        nng_socket_set_ms(end->socket, NNG_OPT_SENDTIMEO, PATIENCE_MS);
        nng_socket_set_size(end->socket, NNG_OPT_RECVMAXSZ, 0);
        if (route->every) {
            nng_socket_set_int(end->socket, NNG_OPT_SENDBUF, ROUTE_QUEUE / 2);
            nng_socket_set_int(end->socket, NNG_OPT_RECVBUF, ROUTE_QUEUE / 2);
        }
        error = writer ? nng_listen(end->socket, address, NULL, 0)
                       : nng_dial(end->socket, address, NULL, 0);
    }
    pair_pin();
    if (error == 0)
        return end;
    free(end);
    return fail("cannot open a socket", error);
}

static void *open_writer(const struct route *route)
{
    return open_end(route, true);
}

static void *open_reader(const struct route *route, uint32_t index)
{
    (void)index;
    return open_end(route, false);
}

static void *loan(void *opaque)
{
    struct end *end = opaque;
    int error = nng_msg_alloc(&end->message, end->bytes);
    return error ? fail("no message", error) : nng_msg_body(end->message);
}

static bool publish(void *opaque)
{
    struct end *end = opaque;
    int error = nng_sendmsg(end->socket, end->message, 0);
    if (error)
        return fail("send", error);
    end->message = NULL;
    return true;
}

static const void *receive(void *opaque)
{
    struct end *end = opaque;
    int error = nng_recvmsg(end->socket, &end->message, 0);
    if (error)
        return fail("receive", error);
    if (nng_msg_len(end->message) == end->bytes)
        return nng_msg_body(end->message);
    return fail("a message of another size", NNG_EMSGSIZE);
}

static void release(void *opaque)
{
    struct end *end = opaque;
    nng_msg_free(end->message);
    end->message = NULL;
}

const struct carrier nng_carrier = {
    .name = "nng ipc",
    .why_no_spin = "its own threads need a core, and writer and reader would spin on both",
    .why_no_fanout = "pair0 has one reader, and pub0 drops frames and cannot say who listens",
    .open_writer = open_writer,
    .loan = loan,
    .publish = publish,
    .close_writer = close_end,
    .open_reader = open_reader,
    .receive = receive,
    .release = release,
    .close_reader = close_end,
};
