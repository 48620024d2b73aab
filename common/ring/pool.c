// The producer's steps on the slots: claim, publish, abort.
#include "common/ring/pool.h"

#include <string.h>
#include <tachy/read.h>

#include "common/base/failpoint.h"
#include "common/ring/check.h"

struct pins {
    uint64_t bits[RING_SLOTS_MAX / 64];
};

static bool is_pinned(const struct pins *pins, uint32_t slot)
{
    return (pins->bits[slot / 64] >> (slot % 64) & 1) != 0;
}

// All slots that hazard cells name now. Cells hold whatever a peer wrote: numbers of no slot are passed over.
static void scan(const struct pool *pool, struct pins *pins)
{
    for (uint32_t r = 0; r < pool->readers_max; r++) {
        const struct ring_reader *reader = &pool->registry->readers[r];
        // Partner: registry.c's release of state. A block becomes live before its first pin and a fence, and free after
        // its last: one seen free has no pin that our BUSY could have come too late for.
        if (atomic_load_explicit(&reader->state, memory_order_acquire) == RING_READER_FREE)
            continue;
        for (uint32_t c = 0; c < RING_CELLS_MAX; c++) {
            // Partner: reader.c's release of the cell, on pin and on release. Carries, of a cell seen cleared or moved on,
            // that the reader's last read of the frame is over.
            uint32_t cell = atomic_load_explicit(&reader->cells[c], memory_order_acquire);
            if (cell != 0 && !RING_CHECK(foreign_cell, cell > pool->slots))
                pins->bits[(cell - 1) / 64] |= UINT64_C(1) << ((cell - 1) % 64);
        }
    }
}

static bool is_waited_for(const struct pool *pool, uint32_t index)
{
    const struct ring_reader *reader = &pool->registry->readers[index];
    // Partner: registry.c's release of state. Carries mode, incarnation and the cursor 1.
    if (RING_CHECK(not_live,
                   atomic_load_explicit(&reader->state, memory_order_acquire) != RING_READER_LIVE))
        return false;
    // Relaxed: carried by state. `demoted` is our own word.
    return atomic_load_explicit(&reader->mode, memory_order_relaxed) == TACHY_LOSSLESS &&
           !RING_CHECK(demoted, atomic_load_explicit(&reader->incarnation, memory_order_relaxed) ==
                                    atomic_load_explicit(&pool->control->demoted[index],
                                                         memory_order_relaxed));
}

// The newest sequence that may go as far as lossless readers are concerned, at most `keep`; remembers whom it heeds.
static uint64_t heed_lossless(struct pool *pool, uint64_t keep)
{
    pool->holds_up = RING_READERS_MAX;
    // Partner: registry_join's release of the mask. Carries the block. A reader whose bit is missing here set it before a
    // fence that comes after the one of our last publish: it starts behind all that `keep` lets go.
    uint64_t mask = atomic_load_explicit(&pool->registry->lossless, memory_order_acquire);
    for (uint32_t i = 0; mask != 0 && i < pool->readers_max; i++, mask >>= 1) {
        if ((mask & 1) == 0 || !is_waited_for(pool, i))
            continue;
        // Partner: move_cursor's release. Carries the pins of the frames before it.
        uint64_t cursor =
            atomic_load_explicit(&pool->registry->readers[i].cursor, memory_order_acquire);
        uint64_t limit = RING_CHECK(no_cursor, cursor == 0) ? 0 : cursor - 1;
        if (limit >= keep)
            continue;
        keep = limit;
        pool->holds_up = i;
    }
    return keep;
}

// One look at every slot that may be reused. `pins` gathers what the scans saw, so that a slot seen pinned costs no scan.
static bool claim_once(struct pool *pool, struct pins *pins, uint32_t *slot)
{
    uint64_t keep = pool->head > pool->history ? pool->head - pool->history - 1 : 0;
    keep = heed_lossless(pool, keep);
    uint32_t i = pool->next;
    for (uint32_t tried = 0; tried < pool->slots; tried++, i = i + 1 == pool->slots ? 0 : i + 1) {
        uint64_t old = pool->sequence[i];
        if (RING_CHECK(kept, old == RING_BUSY || old > keep) || is_pinned(pins, i))
            continue;
        _Atomic uint64_t *sequence = &pool->control->slots[i].sequence;
        // Partner: reader.c's acquire of slot.sequence. Who sees BUSY sees the head that allowed it.
        atomic_store_explicit(sequence, RING_BUSY, memory_order_release);
        TACHY_FAILPOINT("claim.busy");
        // Partner: the fence between a reader's pin and its look at slot.sequence: either we see the pin or it sees BUSY.
        atomic_thread_fence(memory_order_seq_cst);
        TACHY_FAILPOINT("claim.fenced");
        scan(pool, pins);
        TACHY_FAILPOINT("claim.scanned");
        if (!RING_CHECK(pinned, is_pinned(pins, i))) {
            pool->sequence[i] = RING_BUSY;
            pool->taken = old;
            pool->next = i + 1 == pool->slots ? 0 : i + 1;
            *slot = i;
            return true;
        }
        // Partner: reader.c's acquire of slot.sequence. The frame is still the one it was.
        atomic_store_explicit(sequence, old, memory_order_release);
        TACHY_FAILPOINT("claim.put_back");
    }
    return false;
}

bool pool_claim(struct pool *pool, uint32_t *slot)
{
    TACHY_FAILPOINT("claim.enter");
    // A reader that moves its pin under the scans can make two slots look held. When nothing moved, they are.
    struct pins before = {0};
    for (uint32_t pass = 0; pass <= RING_CHECK(more_passes, pool->readers_max); pass++) {
        struct pins pins = {0};
        if (claim_once(pool, &pins, slot))
            return true;
        if (memcmp(&pins, &before, sizeof pins) == 0)
            return false;
        before = pins;
    }
    return false;
}

void pool_unclaim(struct pool *pool, uint32_t slot)
{
    pool->sequence[slot] = pool->taken;
    // Partner: reader.c's acquire of slot.sequence. The frame is still the one it was.
    atomic_store_explicit(&pool->control->slots[slot].sequence, pool->taken, memory_order_release);
}

bool pool_is_held_up(const struct pool *pool)
{
    return pool->holds_up < RING_READERS_MAX;
}

void pool_demote(struct pool *pool)
{
    // Relaxed: the owner of the block wrote it before it was live. A wrong number only leaves the reader undemoted.
    uint32_t incarnation = atomic_load_explicit(
        &pool->registry->readers[pool->holds_up].incarnation, memory_order_relaxed);
    // Partner: the acquire fence of reader.c's learn_demotion, by way of the BUSY that takes the first frame away.
    atomic_store_explicit(&pool->control->demoted[pool->holds_up], incarnation,
                          memory_order_release);
}

bool pool_wait(struct pool *pool, int64_t timeout_ns, uint32_t *slot)
{
    struct ring_registry *registry = pool->registry;
    const struct doorbell_place place = {.word = &registry->producer_word,
                                         .semaphore = &registry->producer_semaphore};
    pool->doorbell->prepare(&place);
    // Partner: registry_ring's release of the word. Read before the flag is set: a ring after it changes the word under us.
    uint32_t word = atomic_load_explicit(&registry->producer_word, memory_order_acquire);
    // Relaxed: the fence is what a reader's fence pairs with.
    atomic_store_explicit(&registry->producer_waits, 1, memory_order_relaxed);
    TACHY_FAILPOINT("claim.flag_set");
    // Partner: the fence of registry_ring: either we see its empty cell or moved cursor, or it sees our flag.
    atomic_thread_fence(memory_order_seq_cst);
    bool claimed = pool_claim(pool, slot);
    if (!claimed) {
        pool->doorbell->wait(&place, word, 0, timeout_ns);
        claimed = pool_claim(pool, slot);
    }
    TACHY_FAILPOINT("claim.before_flag_cleared");
    // Relaxed: a flag left over costs a needless wake.
    atomic_store_explicit(&registry->producer_waits, 0, memory_order_relaxed);
    return claimed;
}

struct ring_descriptor *pool_descriptor(struct pool *pool, uint32_t slot)
{
    return &pool->control->slots[slot].descriptor;
}

static void wake(struct pool *pool)
{
    _Atomic uint64_t *mask = &pool->registry->wait_mask;
    // Relaxed, both: they carry nothing; the fence before them is what a sleeper's fence pairs with. Exchanged, not stored:
    // whose bit goes is woken, by name where each has a semaphore.
    if (atomic_load_explicit(mask, memory_order_relaxed) == 0)
        return;
    uint64_t who = atomic_exchange_explicit(mask, 0, memory_order_relaxed);
    TACHY_FAILPOINT("publish.before_bell");
    // Partner: reader_sleep's acquire of bell. The kernel compares the word again before it lets a reader sleep.
    atomic_fetch_add_explicit(&pool->control->bell, 1, memory_order_release);
    struct ring_reader *readers = pool->registry->readers;
    const struct doorbell_sleepers sleepers = {
        .first = readers[0].semaphores,
        .step_bytes = sizeof readers[0],
        .count = sizeof readers[0].semaphores / sizeof readers[0].semaphores[0],
        .who = pool->readers_max < 64 ? who & ((UINT64_C(1) << pool->readers_max) - 1) : who};
    TACHY_FAILPOINT("publish.before_wake");
    pool->doorbell->wake(&pool->control->bell, &sleepers);
}

void pool_publish(struct pool *pool, uint32_t slot)
{
    struct ring_control *control = pool->control;
    uint64_t sequence = ++pool->head;
    pool->sequence[slot] = sequence;
    TACHY_FAILPOINT("publish.before_sequence");
    // Partner: reader.c's acquire of slot.sequence. Carries the frame and its descriptor.
    atomic_store_explicit(&control->slots[slot].sequence, sequence, memory_order_release);
    TACHY_FAILPOINT("publish.before_table");
    // Partner: reader.c's acquire of table. Carries nothing that slot.sequence does not.
    atomic_store_explicit(&control->table[sequence % RING_SLOTS_MAX], slot, memory_order_release);
    TACHY_FAILPOINT("publish.before_head");
    // Partner: reader.c's acquire of head. Carries table and slot.sequence.
    atomic_store_explicit(&control->head, sequence << RING_SLOT_BITS | slot, memory_order_release);
    TACHY_FAILPOINT("publish.before_fence");
    // Partner: the fence of reader_sleep between its wait bit and its last look at head, and that of an attach between
    // its state and its first look at head.
    atomic_thread_fence(memory_order_seq_cst);
    wake(pool);
}

void pool_abort(struct pool *pool, uint32_t slot)
{
    pool->sequence[slot] = 0;
    // Relaxed: 0 is no frame's sequence, so nobody reads on after seeing it.
    atomic_store_explicit(&pool->control->slots[slot].sequence, 0, memory_order_relaxed);
}

void pool_close(struct pool *pool)
{
    // Partner: reader_is_closed's acquire. Carries the last head.
    atomic_store_explicit(&pool->control->state, RING_CLOSED, memory_order_release);
    // Partner: the fence of reader_sleep.
    atomic_thread_fence(memory_order_seq_cst);
    wake(pool);
}
