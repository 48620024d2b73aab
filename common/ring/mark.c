// The first 64 bytes of every object.
#include "common/ring/mark.h"

#include <sys/random.h>

#include "common/base/clock.h"
#include "common/base/error.h"

void mark_prepare(struct ring_mark *mark, uint64_t epoch, uint32_t generation, uint64_t bytes)
{
    mark->byte_order = RING_BYTE_ORDER;
    mark->word_bits = RING_WORD_BITS;
    mark->major = RING_MAJOR;
    mark->minor = RING_MINOR;
    mark->generation = generation;
    mark->epoch = epoch;
    mark->bytes = bytes;
}

void mark_finish(struct ring_mark *mark, uint64_t magic)
{
    // Partner: mark_check's acquire. Carries the whole object as it was made.
    atomic_store_explicit(&mark->magic, magic, memory_order_release);
}

static tachy_status fail_short(const char *object, const struct segment *segment, uint64_t bytes)
{
    return error_set(TACHY_CORRUPT,
                     "%s: cut short: it has %zu bytes of at least %llu; start its producer again",
                     object, segment->bytes, (unsigned long long)bytes);
}

tachy_status mark_check(const char *object, const struct segment *segment, uint64_t magic,
                        size_t bytes_min)
{
    const struct ring_mark *mark = segment->base;
    // Partner: mark_finish's release. Carries the whole object as it was made.
    uint64_t seen = atomic_load_explicit(&mark->magic, memory_order_acquire);
    if (seen == 0)
        return error_set(TACHY_TIMED_OUT, "%s: not initialised yet", object);
    if (seen == __builtin_bswap64(magic))
        return error_set(TACHY_VERSION, "%s: written by a machine of the other byte order", object);
    if (seen != magic)
        return error_set(TACHY_CORRUPT, "%s: not an object of ours (its first bytes differ)",
                         object);
    if (segment->bytes < sizeof *mark)
        return fail_short(object, segment, sizeof *mark);
    uint16_t major = mark->major, word_bits = mark->word_bits;
    if (mark->byte_order != RING_BYTE_ORDER || word_bits != RING_WORD_BITS)
        return error_set(TACHY_VERSION, "%s: written with another byte order or word size", object);
    if (major != RING_MAJOR)
        return error_set(
            TACHY_VERSION,
            "%s: written by version %u of the shared-memory layout, this library reads "
            "version %d: rebuild the older side",
            object, major, RING_MAJOR);
    uint64_t bytes = mark->bytes > bytes_min ? mark->bytes : bytes_min;
    if (segment->bytes < bytes)
        return fail_short(object, segment, bytes);
    return TACHY_OK;
}

uint64_t mark_random(void)
{
    uint64_t number = 0;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != (ssize_t)sizeof number)
        number = (uint64_t)clock_now_ns() * UINT64_C(0x9e3779b97f4a7c15);
    return number == 0 ? 1 : number;
}
