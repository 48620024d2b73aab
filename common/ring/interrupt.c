// Ending a reader's sleep from within its process: interrupts of its wait, nudges of the thread that watches for it.
#include "common/ring/reader.h"

void reader_interrupt(struct reader *reader)
{
    // Partner: the acquire of reader_take_interrupt. Carries what the program wrote before, a flag that says why for example.
    atomic_store_explicit(&reader->calls->interrupted, 1, memory_order_release);
    const struct doorbell_place place = reader_own_place(reader);
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
    const struct doorbell_place place = reader_watch_place(reader);
    reader->doorbell->wake_own(&place);
}

void reader_rest(struct reader *reader, uint32_t nudges, int64_t timeout_ns)
{
    struct doorbell_place place = reader_watch_place(reader);
    place.word = NULL; // no frame is waited for
    reader->doorbell->prepare(&place);
    reader->doorbell->wait(&place, 0, nudges, timeout_ns);
}

void reader_pause(struct reader *reader, int64_t timeout_ns)
{
    struct doorbell_place place = reader_own_place(reader);
    place.word = NULL;
    reader->doorbell->prepare(&place);
    reader->doorbell->wait(&place, 0, 0, timeout_ns);
}
