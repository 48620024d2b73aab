// Ending a reader's wait from another thread or a signal handler.
#include "common/ring/reader.h"
#include "common/shm/doorbell.h"

void reader_interrupt(struct reader *reader)
{
    // Partner: the acquire of reader_take_interrupt. Carries what the program wrote before, a flag that says why for example.
    atomic_store_explicit(&reader->interrupted, 1, memory_order_release);
    doorbell_wake_own(&reader->interrupted);
}

bool reader_is_interrupted(const struct reader *reader)
{
    // Relaxed: a hint; who acts on it takes it with acquire. The kernel compares the word again before it lets a reader sleep.
    return atomic_load_explicit(&reader->interrupted, memory_order_relaxed) != 0;
}

bool reader_take_interrupt(struct reader *reader)
{
    if (!reader_is_interrupted(reader))
        return false;
    // Partner: reader_interrupt's release.
    return atomic_exchange_explicit(&reader->interrupted, 0, memory_order_acquire) != 0;
}
