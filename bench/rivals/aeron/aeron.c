// A rival: Aeron over ipc, an exclusive publication. What fits one fragment is claimed and written in place; larger frames
// are offered, which copies them in fragments, and assembled again, one message per (controlled) poll. Its media driver
// runs beside in shared mode and sleeps (over ipc it carries no data); the clients' conductors run in the caller's thread;
// terms are not sparse and touched before.
#include <aeronc.h>
#include <aeronmd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/lib/pair.h"
#include "bench/rivals/rivals.h"
#include "common/base/clock.h"

enum { FRAGMENT_BYTES = 1376, MTU_BYTES = 65504, FRAGMENTS = 1024, LOOKS_PER_CLOCK = 4096 };
enum { TERM_MIN = 1 << 20, TERMS_PER_MESSAGE = 8, MESSAGE_BYTES_MAX = 16 << 20 };
static const int64_t patience_ns = 5 * (int64_t)NS_PER_S;

struct end {
    aeron_context_t *context;
    aeron_t *client;
    aeron_exclusive_publication_t *publication;
    aeron_subscription_t *subscription;
    aeron_controlled_fragment_assembler_t *assembler;
    size_t bytes;
    char *frame; // the writer's, of frames that do not fit a fragment
    aeron_buffer_claim_t claim;
    const void *received;
    uint8_t kept[FRAGMENT_BYTES];
};

static pid_t server;
static char folder[64];
static volatile sig_atomic_t ended;

static void end_server(int number)
{
    (void)number;
    ended = 1;
}

static int serve(void)
{
    aeron_driver_context_t *context;
    aeron_driver_t *driver;
    signal(SIGTERM, end_server);
    if (aeron_driver_context_init(&context) < 0)
        return 1;
    aeron_driver_context_set_dir(context, folder);
    aeron_driver_context_set_dir_delete_on_start(context, true);
    aeron_driver_context_set_dir_delete_on_shutdown(context, true);
    aeron_driver_context_set_threading_mode(context, AERON_THREADING_MODE_SHARED);
    aeron_driver_context_set_shared_idle_strategy(context, "sleeping");
    aeron_driver_context_set_shared_idle_strategy_init_args(context, "1ms");
    aeron_driver_context_set_term_buffer_sparse_file(context, false);
    if (aeron_driver_init(&driver, context) < 0 || aeron_driver_start(driver, true) < 0)
        return 1;
    while (!ended)
        aeron_driver_main_idle_strategy(driver, aeron_driver_main_do_work(driver));
    aeron_driver_close(driver);
    aeron_driver_context_close(context);
    return 0;
}

static bool start(void)
{
    snprintf(folder, sizeof(folder), "/dev/shm/bench-aeron-%d", (int)getpid());
    server = rivals_serve(serve);
    return server > 0;
}

static void stop(void)
{
    rivals_end(server);
    server = 0;
}

static void *fail(const char *what)
{
    fprintf(stderr, "bench: aeron: %s: %s\n", what, aeron_errmsg());
    return NULL;
}

static void close_end(void *opaque)
{
    struct end *end = opaque;
    if (!end)
        return;
    if (end->publication)
        aeron_exclusive_publication_close(end->publication, NULL, NULL);
    if (end->subscription)
        aeron_subscription_close(end->subscription, NULL, NULL);
    if (end->client)
        aeron_close(end->client);
    if (end->context)
        aeron_context_close(end->context);
    if (end->assembler)
        aeron_controlled_fragment_assembler_delete(end->assembler);
    free(end->frame);
    free(end);
}

static struct end *open_end(const struct route *route)
{
    struct end *end = calloc(1, sizeof(*end));
    if (!end)
        return NULL;
    end->bytes = route->size->bytes;
    if (aeron_context_init(&end->context) == 0) {
        aeron_context_set_dir(end->context, folder);
        aeron_context_set_use_conductor_agent_invoker(end->context, true);
        aeron_context_set_pre_touch_mapped_memory(end->context, true);
        if (aeron_init(&end->client, end->context) == 0 && aeron_start(end->client) == 0)
            return end;
    }
    fail("cannot reach the driver");
    close_end(end);
    return NULL;
}

static void describe(const struct route *route, char channel[96])
{
    size_t term = TERM_MIN;
    while (term < TERMS_PER_MESSAGE * route->size->bytes)
        term *= 2;
    snprintf(channel, 96, "aeron:ipc?term-length=%zu|mtu=%d", term, MTU_BYTES);
}

// Its own number for the route; streams of earlier runs have ended.
static int32_t stream_of(const struct route *route)
{
    uint32_t hash = 5381;
    for (const char *c = route->name; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    return (int32_t)(hash & INT32_MAX);
}

static bool goes_on(struct end *end, int64_t deadline)
{
    aeron_main_do_work(end->client);
    return clock_now_ns() < deadline;
}

static void *open_writer(const struct route *route)
{
    char channel[96];
    aeron_async_add_exclusive_publication_t *asked;
    int64_t deadline = clock_now_ns() + patience_ns;
    struct end *end = open_end(route);
    if (!end)
        return NULL;
    describe(route, channel);
    end->frame = aligned_alloc(64, end->bytes);
    if (end->frame && aeron_async_add_exclusive_publication(&asked, end->client, channel,
                                                            stream_of(route)) == 0) {
        while (aeron_async_add_exclusive_publication_poll(&end->publication, asked) == 0 &&
               goes_on(end, deadline))
            ;
        if (end->publication)
            return end;
    }
    fail("no publication");
    close_end(end);
    return NULL;
}

// A fragment lies in the log only until the poll returns; an assembled message stays until the next.
static aeron_controlled_fragment_handler_action_t keep(void *opaque, const uint8_t *data,
                                                       size_t bytes, aeron_header_t *header)
{
    struct end *end = opaque;
    (void)header;
    end->received = data;
    if (bytes <= FRAGMENT_BYTES)
        end->received = memcpy(end->kept, data, bytes);
    return AERON_ACTION_BREAK;
}

static void *open_reader(const struct route *route, uint32_t index)
{
    (void)index;
    char channel[96];
    aeron_async_add_subscription_t *asked;
    int64_t deadline = clock_now_ns() + patience_ns;
    struct end *end = open_end(route);
    if (!end)
        return NULL;
    describe(route, channel);
    if (aeron_controlled_fragment_assembler_create(&end->assembler, keep, end) == 0 &&
        aeron_async_add_subscription(&asked, end->client, channel, stream_of(route), NULL, NULL,
                                     NULL, NULL) == 0) {
        while (aeron_async_add_subscription_poll(&end->subscription, asked) == 0 &&
               goes_on(end, deadline))
            ;
        while (end->subscription && !aeron_subscription_is_connected(end->subscription) &&
               goes_on(end, deadline))
            ;
        if (end->subscription && aeron_subscription_is_connected(end->subscription))
            return end;
    }
    fail("no subscription");
    close_end(end);
    return NULL;
}

static void *loan(void *opaque)
{
    struct end *end = opaque;
    if (end->bytes > FRAGMENT_BYTES)
        return end->frame;
    int64_t deadline = clock_now_ns() + patience_ns;
    while (aeron_exclusive_publication_try_claim(end->publication, end->bytes, &end->claim) < 0)
        if (!goes_on(end, deadline)) // not connected yet, or the reader is a term behind
            return fail("claim");
    return end->claim.data;
}

static bool publish(void *opaque)
{
    struct end *end = opaque;
    if (end->bytes <= FRAGMENT_BYTES)
        return aeron_buffer_claim_commit(&end->claim) == 0;
    int64_t deadline = clock_now_ns() + patience_ns;
    while (aeron_exclusive_publication_offer(end->publication, (const uint8_t *)end->frame,
                                             end->bytes, NULL, NULL) < 0)
        if (!goes_on(end, deadline))
            return fail("offer");
    return true;
}

static const void *receive(void *opaque)
{
    struct end *end = opaque;
    int64_t deadline = clock_now_ns() + patience_ns;
    bool whole = end->bytes <= FRAGMENT_BYTES;
    aeron_controlled_fragment_handler_t handler =
        whole ? keep : aeron_controlled_fragment_assembler_handler;
    void *context = whole ? (void *)end : (void *)end->assembler;
    end->received = NULL;
    do {
        for (int i = 0; i < LOOKS_PER_CLOCK && !end->received; i++)
            aeron_subscription_controlled_poll(end->subscription, handler, context, FRAGMENTS);
    } while (!end->received && clock_now_ns() < deadline);
    return end->received ? end->received : fail("no message came");
}

static void release(void *opaque)
{
    (void)opaque; // the poll that handed the message over has let it go already
}

const struct carrier aeron_carrier = {
    .name = "Aeron",
    .in_place_max = FRAGMENT_BYTES,
    .bytes_max = MESSAGE_BYTES_MAX,
    .why_no_more = "its longest message is 16 MB",
    .why_no_sleep = "its readers poll; it cannot wake one that sleeps",
    .start = start,
    .stop = stop,
    .open_writer = open_writer,
    .loan = loan,
    .publish = publish,
    .close_writer = close_end,
    .open_reader = open_reader,
    .receive = receive,
    .release = release,
    .close_reader = close_end,
};
