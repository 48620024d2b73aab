// The writer waits for lossless readers: never longer than its patience, and never for the dead.
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/ring/writer.h"

/// Between two sweeps for the dead, whose releases nobody rings for.
static const int64_t slice_ns = NS_PER_MS;

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void count_wait(tachy_writer *writer, int64_t ns)
{
    writer->waited_ns += ns;
    // Relaxed: a figure for tools.
    atomic_store_explicit(&writer->pool.control->waited_ns, (uint64_t)writer->waited_ns,
                          memory_order_relaxed);
}

static tachy_status fail_late(const tachy_writer *writer)
{
    return error_set(TACHY_TIMED_OUT,
                     "stream %s: a lossless reader has not taken its frames yet; claim again, or "
                     "wait longer",
                     writer->name.stream);
}

// Being held up costs patience, also between claims of a caller who does not wait: else his stream would stand for ever.
static int64_t spend_until(tachy_writer *writer, int64_t now)
{
    if (writer->held_up_ns != 0)
        patience_spend(&writer->patience, now, now - writer->held_up_ns);
    writer->held_up_ns = now;
    return patience_left(&writer->patience, now);
}

// One slice, at most `left_ns`. Says when it ended.
static int64_t wait_once(tachy_writer *writer, int64_t now, int64_t left_ns, uint32_t *slot,
                         bool *claimed)
{
    *claimed = pool_wait(&writer->pool, least(slice_ns, left_ns), slot);
    int64_t later = clock_now_ns();
    count_wait(writer, later - now);
    spend_until(writer, later);
    return later;
}

tachy_status writer_wait(tachy_writer *writer, int64_t timeout_ns, uint32_t *slot)
{
    int64_t now = clock_now_ns();
    int64_t deadline = timeout_ns > INT64_MAX - now ? INT64_MAX : now + timeout_ns;
    // An honest reader is demoted once; one that changes its block under us is not waited for either.
    uint32_t demotions_left = writer->readers_max;
    while (pool_is_held_up(&writer->pool)) {
        int64_t patience = spend_until(writer, now);
        bool claimed;
        if (patience == 0 && demotions_left-- == 0)
            break;
        if (patience == 0) {
            pool_demote(&writer->pool);
            claimed = pool_claim(&writer->pool, slot);
        } else if (now >= deadline) {
            return fail_late(writer);
        } else {
            now = wait_once(writer, now, least(deadline - now, patience), slot, &claimed);
        }
        if (claimed || writer_claim_starved(writer, slot))
            return TACHY_OK;
    }
    return TACHY_EMPTY;
}
