// A log-linear histogram of times in shared memory.
//
// Every access is relaxed: one thread writes, tools read figures that need not agree with each other to the last frame.
#include "common/ring/latency.h"

enum { SUB_BITS = 3, LARGEST_BIT = 39 };

static uint32_t bucket_of(uint64_t ns)
{
    if (ns < RING_LATENCY_SUB)
        return (uint32_t)ns;
    if (ns >> (LARGEST_BIT + 1) != 0)
        return RING_LATENCY_BUCKETS - 1;
    uint32_t bit = 63 - (uint32_t)__builtin_clzll(ns);
    uint32_t sub = (uint32_t)(ns >> (bit - SUB_BITS)) & (RING_LATENCY_SUB - 1);
    return (bit - SUB_BITS + 1) * RING_LATENCY_SUB + sub;
}

static uint64_t bucket_start(uint32_t bucket)
{
    if (bucket < RING_LATENCY_SUB)
        return bucket;
    uint32_t shift = bucket / RING_LATENCY_SUB - 1;
    return (uint64_t)(RING_LATENCY_SUB + bucket % RING_LATENCY_SUB) << shift;
}

static uint64_t load(const _Atomic uint64_t *word)
{
    // Relaxed: a figure; nothing is concluded from two of them.
    return atomic_load_explicit(word, memory_order_relaxed);
}

static void store(_Atomic uint64_t *word, uint64_t value)
{
    // Relaxed: its one writer is the reader's own thread.
    atomic_store_explicit(word, value, memory_order_relaxed);
}

void latency_reset(struct ring_reader *reader)
{
    store(&reader->latency_min_ns, UINT64_MAX);
    store(&reader->latency_max_ns, 0);
    for (uint32_t i = 0; i < RING_LATENCY_BUCKETS; i++)
        // Relaxed: the block's state, released when it is live, carries it to tools.
        atomic_store_explicit(&reader->latency[i], 0, memory_order_relaxed);
}

void latency_record(struct ring_reader *reader, int64_t ns)
{
    uint64_t value = ns < 0 ? 0 : (uint64_t)ns;
    if (value < load(&reader->latency_min_ns))
        store(&reader->latency_min_ns, value);
    if (value > load(&reader->latency_max_ns))
        store(&reader->latency_max_ns, value);
    _Atomic uint32_t *bucket = &reader->latency[bucket_of(value)];
    // Relaxed, and no addition: nobody else counts here.
    uint32_t count = atomic_load_explicit(bucket, memory_order_relaxed);
    atomic_store_explicit(bucket, count + 1, memory_order_relaxed);
}

// The value below which `rank` of the counted ones lie, by position within its bucket.
static int64_t value_at(const uint32_t counts[RING_LATENCY_BUCKETS], double rank)
{
    double below = 0;
    for (uint32_t i = 0; i < RING_LATENCY_BUCKETS; i++) {
        if (counts[i] != 0 && below + counts[i] >= rank) {
            double start = (double)bucket_start(i), end = (double)bucket_start(i + 1);
            return (int64_t)(start + (end - start) * (rank - below) / counts[i]);
        }
        below += counts[i];
    }
    return (int64_t)bucket_start(RING_LATENCY_BUCKETS);
}

static int64_t within(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

void latency_summarise(const struct ring_reader *reader, tachy_stats *stats)
{
    uint32_t counts[RING_LATENCY_BUCKETS];
    uint64_t total = 0;
    for (uint32_t i = 0; i < RING_LATENCY_BUCKETS; i++) {
        // Relaxed: a count that comes a frame late is as good.
        counts[i] = atomic_load_explicit(&reader->latency[i], memory_order_relaxed);
        total += counts[i];
    }
    stats->latency_count = total;
    stats->latency_min_ns = stats->latency_max_ns = 0;
    stats->latency_p50_ns = stats->latency_p90_ns = stats->latency_p99_ns = 0;
    if (total == 0)
        return;
    uint64_t low = load(&reader->latency_min_ns), high = load(&reader->latency_max_ns);
    if (low > high || high > INT64_MAX)
        low = 0, high = INT64_MAX;
    stats->latency_min_ns = (int64_t)low;
    stats->latency_max_ns = (int64_t)high;
    const double shares[] = {0.5, 0.9, 0.99};
    int64_t *const values[] = {&stats->latency_p50_ns, &stats->latency_p90_ns,
                               &stats->latency_p99_ns};
    for (int i = 0; i < 3; i++)
        *values[i] =
            within(value_at(counts, shares[i] * (double)total), (int64_t)low, (int64_t)high);
}
