// What the machine allows.
#include "bench/lib/limit.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bench/lib/middle.h"
#include "bench/lib/pair.h"
#include "common/base/clock.h"

// Chunks are short beside a time slice: where another process takes the core, few of them are spoilt.
enum { CHUNKS = 201, TRIPS = 200, STAMPS = 2000, COPIES = 31, CLOCKS = 2000 };

struct court {
    struct cell ball[2]; // [0] is written by the writer, [1] by the reader
    struct cell ready;
    double chunk_ns[CHUNKS];
    double stamp_ns[2][STAMPS];
};

static bool serve(void *shared)
{
    struct court *court = shared;
    uint64_t trip = 0;
    if (!pair_spin_until(&court->ready, 1))
        return false;
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
        int64_t begin = clock_now_ns();
        for (uint64_t end = trip + TRIPS; trip < end;) {
            cell_set(&court->ball[0], ++trip);
            while (cell_get(&court->ball[1]) != trip)
                ;
        }
        court->chunk_ns[chunk] = (double)(clock_now_ns() - begin) / (2 * TRIPS);
    }
    return true;
}

static bool give_back(void *shared)
{
    struct court *court = shared;
    cell_set(&court->ready, 1);
    for (uint64_t trip = 1; trip <= (uint64_t)CHUNKS * TRIPS; trip++) {
        while (cell_get(&court->ball[0]) != trip)
            ;
        cell_set(&court->ball[1], trip);
    }
    return true;
}

double limit_cache_line_ns(void)
{
    double result = NAN;
    struct court *court = pair_map(sizeof(*court));
    if (court && pair_run(serve, give_back, false, court))
        result = middle(court->chunk_ns, CHUNKS);
    pair_unmap(court, sizeof(*court));
    return result;
}

static bool exchange_stamps(struct court *court, int side)
{
    uint64_t last = 0;
    for (int i = 0; i < STAMPS; i++) {
        if (side == 0 || i > 0) {
            pair_spin_ns(NS_PER_US); // the other side waits for the line by now
            cell_set(&court->ball[side], (uint64_t)clock_now_ns());
        }
        uint64_t sent;
        while ((sent = cell_get(&court->ball[!side])) == last)
            ;
        court->stamp_ns[side][i] = (double)(clock_now_ns() - (int64_t)sent);
        last = sent;
    }
    if (side == 1)
        cell_set(&court->ball[side], (uint64_t)clock_now_ns()); // the first side waits for one more
    return true;
}

static bool stamp_first(void *shared)
{
    struct court *court = shared;
    return pair_spin_until(&court->ready, 1) && exchange_stamps(court, 0);
}

static bool stamp_second(void *shared)
{
    struct court *court = shared;
    cell_set(&court->ready, 1);
    return exchange_stamps(court, 1);
}

double limit_stamped_line_ns(void)
{
    double result = NAN;
    struct court *court = pair_map(sizeof(*court));
    if (court && pair_run(stamp_first, stamp_second, false, court))
        result = (middle(court->stamp_ns[0], STAMPS) + middle(court->stamp_ns[1], STAMPS)) / 2;
    pair_unmap(court, sizeof(*court));
    return result;
}

double limit_memcpy_ns(size_t bytes)
{
    double samples[COPIES], result = NAN;
    size_t repeats =
        bytes < 65536 ? 65536 / bytes : 1; // so that the clock is small beside the copies
    char *from = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    char *to = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    if (!from || !to)
        goto end;
    memset(from, 1, bytes);
    memset(to, 2, bytes);
    for (int i = 0; i < COPIES; i++) {
        int64_t begin = clock_now_ns();
        for (size_t j = 0; j < repeats; j++) {
            memcpy(to, from, bytes);
            __asm__ volatile("" ::"r"(to), "r"(from) : "memory"); // keeps every copy
        }
        samples[i] = (double)(clock_now_ns() - begin) / (double)repeats;
    }
    result = middle(samples, COPIES);
end:
    free(from);
    free(to);
    return result;
}

double limit_clock_ns(void)
{
    double samples[CHUNKS];
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
        int64_t begin = clock_now_ns();
        for (int i = 0; i < CLOCKS - 1; i++)
            clock_now_ns();
        samples[chunk] = (double)(clock_now_ns() - begin) / CLOCKS;
    }
    return middle(samples, CHUNKS);
}
