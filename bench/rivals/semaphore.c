// Not a carrier of frames but what a wake-up costs without one: a process-shared semaphore per reader, posted one by one;
// the frame is a word beside them.
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "bench/rivals/rivals.h"
#include "common/base/clock.h"

enum { WORD_BYTES = 64 };

struct board {
    _Alignas(64) char frame[WORD_BYTES];
    struct {
        _Alignas(64) sem_t semaphore;
    } readers[ROUTE_READERS_MAX];
    uint32_t count;
};

struct end {
    uint32_t index;
};

static struct board *board; // before the processes part
static struct end own;

static bool prepare(struct route *route)
{
    board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED)
        return false;
    board->count = route->readers;
    for (uint32_t i = 0; i < board->count; i++)
        sem_init(&board->readers[i].semaphore, 1, 0);
    return true;
}

static void discard(struct route *route)
{
    (void)route;
    munmap(board, sizeof(*board));
}

static void *open_writer(const struct route *route)
{
    (void)route;
    return &own;
}

static void *open_reader(const struct route *route, uint32_t index)
{
    (void)route;
    own.index = index;
    return &own;
}

static void close_end(void *opaque)
{
    (void)opaque;
}

static void *loan(void *opaque)
{
    (void)opaque;
    return board->frame;
}

static bool publish(void *opaque)
{
    (void)opaque;
    for (uint32_t i = 0; i < board->count; i++)
        sem_post(&board->readers[i].semaphore);
    return true;
}

static const void *receive(void *opaque)
{
    const struct end *end = opaque;
    struct timespec deadline = clock_timespec(clock_now_ns() + 5 * (int64_t)NS_PER_S);
    while (sem_clockwait(&board->readers[end->index].semaphore, CLOCK_MONOTONIC, &deadline) != 0)
        if (errno != EINTR)
            return NULL;
    return board->frame;
}

const struct carrier semaphore_carrier = {
    .name = "sem_post for each",
    .in_place_max = WORD_BYTES,
    .bytes_max = WORD_BYTES,
    .why_no_more = "it only wakes",
    .prepare = prepare,
    .discard = discard,
    .open_writer = open_writer,
    .loan = loan,
    .publish = publish,
    .close_writer = close_end,
    .open_reader = open_reader,
    .receive = receive,
    .release = close_end,
    .close_reader = close_end,
};
