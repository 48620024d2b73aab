// LD_PRELOAD: counts the bytes that memcpy and memmove move, on any thread, while a frame is between claim and publish.
//
// At the end it writes into the file COPY_COUNTER_REPORT names: the median per published frame of all copies, that of copies into
// the streams' slots, and the number of frames. Medians, since the first frames also carry the scene's meshes and textures to the
// device. The CPU driver copies its own state, 33 KB with each change of it: that is why the slots are told apart.
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tachy/write.h>

enum { FRAMES_MAX = 4096, STREAMS_MAX = 64 };

static void *(*real_memcpy)(void *, const void *, size_t);
static void *(*real_memmove)(void *, const void *, size_t);
static tachy_status (*real_claim)(tachy_writer *, int64_t, tachy_draft **);
static tachy_status (*real_publish)(tachy_draft **);
static void (*real_abort)(tachy_draft **);
static tachy_status (*real_memory)(const tachy_writer *, void **, size_t *);

/// Bytes so far, and per frame. Relaxed throughout: only sums, read long after they were added.
static struct tally {
    atomic_uint_least64_t copied;
    uint64_t before, per_frame[FRAMES_MAX];
} all, into_slots;
static size_t frames;
static atomic_int drafts_out;

/// The slots of all streams; written before the first claim.
static struct range {
    uintptr_t first, end;
} streams[STREAMS_MAX];
static size_t stream_count;

/// For what runs before the constructor; backwards where the ranges overlap so.
static void *copy_plainly(void *to, const void *from, size_t bytes)
{
    volatile unsigned char *out = to;
    const unsigned char *in = from;
    bool backwards = (uintptr_t)to > (uintptr_t)from;
    for (size_t i = 0; i < bytes; i++)
        out[backwards ? bytes - 1 - i : i] = in[backwards ? bytes - 1 - i : i];
    return to;
}

static void count(const void *to, size_t bytes)
{
    if (atomic_load_explicit(&drafts_out, memory_order_relaxed) == 0)
        return;
    atomic_fetch_add_explicit(&all.copied, bytes, memory_order_relaxed);
    for (size_t i = 0; i < stream_count; i++)
        if ((uintptr_t)to >= streams[i].first && (uintptr_t)to < streams[i].end)
            atomic_fetch_add_explicit(&into_slots.copied, bytes, memory_order_relaxed);
}

static void end_frame(struct tally *tally)
{
    uint64_t now = atomic_load_explicit(&tally->copied, memory_order_relaxed);
    if (frames < FRAMES_MAX)
        tally->per_frame[frames] = now - tally->before;
    tally->before = now;
}

__attribute__((constructor)) static void look_up(void)
{
    // POSIX's way to make a function of what dlsym returns.
    *(void **)&real_claim = dlsym(RTLD_NEXT, "tachy_writer_claim");
    *(void **)&real_publish = dlsym(RTLD_NEXT, "tachy_draft_publish");
    *(void **)&real_abort = dlsym(RTLD_NEXT, "tachy_draft_abort");
    *(void **)&real_memory = dlsym(RTLD_NEXT, "tachy_writer_memory");
    *(void **)&real_memmove = dlsym(RTLD_NEXT, "memmove");
    *(void **)&real_memcpy = dlsym(RTLD_NEXT, "memcpy");
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static unsigned long long median(struct tally *tally)
{
    qsort(tally->per_frame, frames, sizeof tally->per_frame[0], by_size);
    return tally->per_frame[frames / 2];
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("COPY_COUNTER_REPORT");
    FILE *file = path != NULL && frames > 0 ? fopen(path, "w") : NULL;
    if (file == NULL)
        return;
    fprintf(file, "%llu %llu %zu\n", median(&all), median(&into_slots), frames);
    fclose(file);
}

TACHY_API void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    count(to, bytes);
    return real_memcpy != NULL ? real_memcpy(to, from, bytes) : copy_plainly(to, from, bytes);
}

TACHY_API void *memmove(void *to, const void *from, size_t bytes)
{
    count(to, bytes);
    return real_memmove != NULL ? real_memmove(to, from, bytes) : copy_plainly(to, from, bytes);
}

static bool is_known(uintptr_t first)
{
    for (size_t i = 0; i < stream_count; i++)
        if (streams[i].first == first)
            return true;
    return false;
}

TACHY_API tachy_status tachy_writer_memory(const tachy_writer *writer, void **base, size_t *bytes)
{
    tachy_status status = real_memory(writer, base, bytes);
    if (status == TACHY_OK && stream_count < STREAMS_MAX && !is_known((uintptr_t)*base)) {
        streams[stream_count].first = (uintptr_t)*base;
        streams[stream_count++].end = (uintptr_t)*base + *bytes;
    }
    return status;
}

TACHY_API tachy_status tachy_writer_claim(tachy_writer *writer, int64_t timeout_ns,
                                          tachy_draft **draft)
{
    tachy_status status = real_claim(writer, timeout_ns, draft);
    if (status == TACHY_OK)
        atomic_fetch_add_explicit(&drafts_out, 1, memory_order_relaxed);
    return status;
}

TACHY_API tachy_status tachy_draft_publish(tachy_draft **draft)
{
    end_frame(&all);
    end_frame(&into_slots);
    frames += frames < FRAMES_MAX;
    atomic_fetch_sub_explicit(&drafts_out, 1, memory_order_relaxed);
    return real_publish(draft);
}

TACHY_API void tachy_draft_abort(tachy_draft **draft)
{
    if (draft != NULL && *draft != NULL)
        atomic_fetch_sub_explicit(&drafts_out, 1, memory_order_relaxed);
    real_abort(draft);
}
