// A reader's sleep until the next frame, and what ends it from within its process: interrupts of its wait, nudges of the
// thread that watches for it.
#include "common/base/failpoint.h"
#include "common/ring/check.h"
#include "common/ring/reader.h"

static struct doorbell_place own_place(const struct reader *reader)
{
    return (struct doorbell_place){.word = &reader->control->bell,
                                   .own = &reader->calls->interrupted,
                                   .semaphore = &reader->block->semaphores[0]};
}

static struct doorbell_place watch_place(const struct reader *reader)
{
    return (struct doorbell_place){.word = &reader->control->bell,
                                   .own = &reader->calls->nudges,
                                   .semaphore = &reader->block->semaphores[1]};
}

// Sleeps for `awaited`, or until the place's own word is no longer `seen`. The wait bit stays.
static void doze(struct reader *reader, uint64_t awaited, const struct doorbell_place *place,
                 uint32_t seen, int64_t timeout_ns)
{
    const struct ring_control *control = reader->control;
    uint64_t bit = UINT64_C(1) << reader->index;
    reader->doorbell->prepare(place);
    // Partner: wake's release of bell. Read before the wait bit is set: a ring after it then changes the word under us.
    uint32_t bell = atomic_load_explicit(&control->bell, memory_order_acquire);
    atomic_fetch_or_explicit(&reader->registry->wait_mask, bit, memory_order_release);
    TACHY_FAILPOINT("sleep.bit_set");
    // Partner: the fence of pool_publish between head and the wait mask: either it sees our bit or we see its head.
    atomic_thread_fence(memory_order_seq_cst);
    if (!RING_CHECK(wait_over, reader_head(control) >= awaited || reader_is_closed(control)))
        reader->doorbell->wait(place, bell, seen, timeout_ns);
}

void reader_sleep(struct reader *reader, int64_t timeout_ns)
{
    const struct doorbell_place place = own_place(reader);
    doze(reader, reader->awaited, &place, 0, timeout_ns);
    TACHY_FAILPOINT("sleep.done");
    _Atomic uint64_t *mask = &reader->registry->wait_mask;
    uint64_t bit = UINT64_C(1) << reader->index;
    // Relaxed: a bit left over costs one needless wake, a bit missing is set again before the next sleep.
    if ((atomic_load_explicit(mask, memory_order_relaxed) & bit) != 0)
        atomic_fetch_and_explicit(mask, ~bit, memory_order_relaxed);
}

// Leaves the wait bit: the stream's own thread may sleep by it. What that thread clears is set again after its nudge.
void reader_watch(struct reader *reader, uint64_t awaited, uint32_t nudges, int64_t timeout_ns)
{
    const struct doorbell_place place = watch_place(reader);
    doze(reader, awaited, &place, nudges, timeout_ns);
}

void reader_interrupt(struct reader *reader)
{
    // Partner: the acquire of reader_take_interrupt. Carries what the program wrote before, a flag that says why for example.
    atomic_store_explicit(&reader->calls->interrupted, 1, memory_order_release);
    const struct doorbell_place place = own_place(reader);
    reader->doorbell->wake_own(&place);
    reader_nudge(reader);
}

bool reader_is_interrupted(const struct reader *reader)
{
    // Relaxed: a hint; who acts on it takes it with acquire. The kernel compares the word again before it lets a reader sleep.
    return atomic_load_explicit(&reader->calls->interrupted, memory_order_relaxed) != 0;
}

bool reader_take_interrupt(struct reader *reader)
{
    if (!reader_is_interrupted(reader))
        return false;
    // Partner: reader_interrupt's release.
    return atomic_exchange_explicit(&reader->calls->interrupted, 0, memory_order_acquire) != 0;
}

uint32_t reader_nudges(const struct reader *reader)
{
    // Partner: reader_nudge's release. Carries why.
    return atomic_load_explicit(&reader->calls->nudges, memory_order_acquire);
}

void reader_nudge(struct reader *reader)
{
    // Partner: reader_nudges' acquire. The kernel compares the word again before it lets the watcher sleep.
    atomic_fetch_add_explicit(&reader->calls->nudges, 1, memory_order_release);
    const struct doorbell_place place = watch_place(reader);
    reader->doorbell->wake_own(&place);
}

void reader_rest(struct reader *reader, uint32_t nudges, int64_t timeout_ns)
{
    struct doorbell_place place = watch_place(reader);
    place.word = NULL; // no frame is waited for
    reader->doorbell->prepare(&place);
    reader->doorbell->wait(&place, 0, nudges, timeout_ns);
}

void reader_pause(struct reader *reader, int64_t timeout_ns)
{
    struct doorbell_place place = own_place(reader);
    place.word = NULL;
    reader->doorbell->prepare(&place);
    reader->doorbell->wait(&place, 0, 0, timeout_ns);
}
