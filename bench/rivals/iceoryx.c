// A rival: iceoryx through its C binding. Chunks are loaned, written in place, published and taken; a sleeping reader waits
// in a wait set. Its server, iox-roudi, runs beside with memory pools of the bench's sizes, without watching processes.
#include <iceoryx_binding_c/chunk.h>
#include <iceoryx_binding_c/enums.h>
#include <iceoryx_binding_c/log.h>
#include <iceoryx_binding_c/publisher.h>
#include <iceoryx_binding_c/runtime.h>
#include <iceoryx_binding_c/subscriber.h>
#include <iceoryx_binding_c/types.h>
#include <iceoryx_binding_c/wait_set.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/lib/pair.h"
#include "bench/rivals/rivals.h"
#include "common/base/clock.h"

enum { PATIENCE_S = 5, CHUNKS = 8, HEADROOM_BYTES = 256, LOOKS_PER_CLOCK = 4096, TRIES_MAX = 500 };

struct writing {
    iox_pub_storage_t storage;
    iox_pub_t port;
    uint32_t bytes;
    void *chunk;
};

struct reading {
    iox_sub_storage_t storage;
    iox_ws_storage_t set_storage;
    iox_sub_t port;
    iox_ws_t set; // NULL: spins
    const void *chunk;
};

static pid_t server;

static int write_config(void)
{
    int fd = memfd_create("roudi", 0);
    if (fd < 0)
        return -1;
    dprintf(fd, "[general]\nversion = 1\n\n[[segment]]\n");
    for (int i = 0; i < SIZE_COUNT; i++)
        dprintf(fd, "\n[[segment.mempool]]\nsize = %zu\ncount = %d\n",
                size_table[i].bytes + HEADROOM_BYTES, CHUNKS);
    return fd;
}

static int serve(void)
{
    char path[32];
    int fd = write_config(), silence = memfd_create("log", 0);
    if (fd < 0 || silence < 0)
        return 1;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    dup2(silence, STDOUT_FILENO); // it speaks on its own
    dup2(silence, STDERR_FILENO);
    execlp("iox-roudi", "iox-roudi", "-c", path, "-m", "off", "-l", "off", (char *)NULL);
    return 1;
}

static bool start(void)
{
    server = rivals_serve(serve);
    pair_sleep_ns(NS_PER_S); // its pools are laid out by then; a runtime that comes early waits
    if (server > 0 && waitpid(server, NULL, WNOHANG) != 0)
        server = 0; // it has ended: another one runs, for example
    return server > 0;
}

static void stop(void)
{
    rivals_end(server);
    server = 0;
}

// Its runtime is one per process, which may have a writer and a reader.
static int members;

static void join(void)
{
    char name[32];
    if (members++)
        return;
    snprintf(name, sizeof(name), "bench-%d", (int)getpid());
    iox_set_loglevel(Iceoryx_LogLevel_Off);
    pair_unpin();
    iox_runtime_init(name); // starts a thread
    pair_pin();
}

static void leave(void)
{
    if (--members == 0)
        iox_runtime_shutdown();
}

static void close_writer(void *opaque)
{
    struct writing *end = opaque;
    if (!end)
        return;
    iox_pub_deinit(end->port);
    free(end);
    leave();
}

static void *open_writer(const struct route *route)
{
    struct writing *end = calloc(1, sizeof(*end));
    iox_pub_options_t options;
    if (!end)
        return NULL;
    join();
    iox_pub_options_init(&options);
    options.historyCapacity = 0;
    options.subscriberTooSlowPolicy = route->every ? ConsumerTooSlowPolicy_WAIT_FOR_CONSUMER
                                                   : ConsumerTooSlowPolicy_DISCARD_OLDEST_DATA;
    end->bytes = (uint32_t)route->size->bytes;
    end->port = iox_pub_init(&end->storage, "bench", route->name, "color", &options);
    return end;
}

static void *loan(void *opaque)
{
    struct writing *end = opaque;
    if (iox_pub_loan_aligned_chunk(end->port, &end->chunk, end->bytes, 64) ==
        AllocationResult_SUCCESS)
        return end->chunk;
    fprintf(stderr, "bench: iceoryx: no chunk to loan\n");
    return NULL;
}

static bool publish(void *opaque)
{
    struct writing *end = opaque;
    iox_pub_publish_chunk(end->port, end->chunk);
    return true;
}

static void close_reader(void *opaque)
{
    struct reading *end = opaque;
    if (!end)
        return;
    if (end->set) {
        iox_ws_detach_subscriber_state(end->set, end->port, SubscriberState_HAS_DATA);
        iox_ws_deinit(end->set);
    }
    iox_sub_deinit(end->port);
    free(end);
    leave();
}

static bool await_subscription(struct reading *end)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        if (iox_sub_get_subscription_state(end->port) == SubscribeState_SUBSCRIBED)
            return true;
        pair_sleep_ns(10 * (int64_t)NS_PER_MS);
    }
    fprintf(stderr, "bench: iceoryx: the subscription is not answered\n");
    return false;
}

static void *open_reader(const struct route *route, uint32_t index)
{
    (void)index;
    struct reading *end = calloc(1, sizeof(*end));
    iox_sub_options_t options;
    if (!end)
        return NULL;
    join();
    iox_sub_options_init(&options);
    options.queueCapacity = route->every ? ROUTE_QUEUE : 2;
    options.historyRequest = 0;
    options.queueFullPolicy =
        route->every ? QueueFullPolicy_BLOCK_PRODUCER : QueueFullPolicy_DISCARD_OLDEST_DATA;
    end->port = iox_sub_init(&end->storage, "bench", route->name, "color", &options);
    if (route->sleeping) {
        end->set = iox_ws_init(&end->set_storage);
        iox_ws_attach_subscriber_state(end->set, end->port, SubscriberState_HAS_DATA, 0, NULL);
    }
    if (await_subscription(end))
        return end;
    close_reader(end);
    return NULL;
}

static const void *sleep_and_take(struct reading *end)
{
    struct timespec patience = {.tv_sec = PATIENCE_S};
    iox_notification_info_t info;
    uint64_t missed;
    if (iox_sub_take_chunk(end->port, &end->chunk) == ChunkReceiveResult_SUCCESS)
        return end->chunk;
    while (iox_ws_timed_wait(end->set, patience, &info, 1, &missed) > 0)
        if (iox_sub_take_chunk(end->port, &end->chunk) == ChunkReceiveResult_SUCCESS)
            return end->chunk;
    return NULL;
}

static const void *spin_and_take(struct reading *end)
{
    int64_t deadline = clock_now_ns() + PATIENCE_S * (int64_t)NS_PER_S;
    do {
        for (int i = 0; i < LOOKS_PER_CLOCK; i++)
            if (iox_sub_take_chunk(end->port, &end->chunk) == ChunkReceiveResult_SUCCESS)
                return end->chunk;
    } while (clock_now_ns() < deadline);
    return NULL;
}

static const void *receive(void *opaque)
{
    struct reading *end = opaque;
    const void *chunk = end->set ? sleep_and_take(end) : spin_and_take(end);
    if (!chunk)
        fprintf(stderr, "bench: iceoryx: no chunk came\n");
    return chunk;
}

static void release(void *opaque)
{
    struct reading *end = opaque;
    iox_sub_release_chunk(end->port, end->chunk);
}

const struct carrier iceoryx_carrier = {
    .name = "iceoryx",
    .in_place_max = SIZE_MAX,
    .start = start,
    .stop = stop,
    .open_writer = open_writer,
    .loan = loan,
    .publish = publish,
    .close_writer = close_writer,
    .open_reader = open_reader,
    .receive = receive,
    .release = release,
    .close_reader = close_reader,
};
