// Who reads: blocks of the registry, owned by the lock on a byte of it.
#include "common/ring/registry.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/failpoint.h"
#include "common/ring/check.h"
#include "common/ring/latency.h"
#include "common/ring/mark.h"
#include "common/shm/lock.h"

enum { COLLISIONS_MAX = 64, NO_GENERATION = 0 };

static uint32_t load_state(const struct ring_reader *block)
{
    // Partner: store_state's release. Carries what the block says of its owner.
    return atomic_load_explicit(&block->state, memory_order_acquire);
}

static void store_state(struct ring_reader *block, enum ring_reader_state state)
{
    // Partner: load_state's, and the acquire of state in pool.c's scan. Carries the block, and that its cells are empty.
    atomic_store_explicit(&block->state, state, memory_order_release);
}

// Figures and terms go through these four. Relaxed, since store_state carries what a block was filled with to whoever relies
// on it, and what changes later is for tools.
static void set(_Atomic uint32_t *word, uint32_t value)
{
    // Relaxed: carried by the state, as in set_wide.
    atomic_store_explicit(word, value, memory_order_relaxed);
}

static uint32_t get(const _Atomic uint32_t *word)
{
    // Relaxed: who relies on it has loaded the state first, as in get_wide.
    return atomic_load_explicit(word, memory_order_relaxed);
}

static void set_wide(_Atomic uint64_t *word, uint64_t value)
{
    // Relaxed: see set.
    atomic_store_explicit(word, value, memory_order_relaxed);
}

static uint64_t get_wide(const _Atomic uint64_t *word)
{
    // Relaxed: see get.
    return atomic_load_explicit(word, memory_order_relaxed);
}

void registry_ring(struct ring_registry *registry, const struct doorbell *doorbell)
{
    // Partner: the fence of pool_wait between its flag and its last try: either it sees what we did or we see its flag.
    atomic_thread_fence(memory_order_seq_cst);
    // Relaxed: carries nothing.
    if (atomic_load_explicit(&registry->producer_waits, memory_order_relaxed) == 0)
        return;
    TACHY_FAILPOINT("ring.before_word");
    // Partner: pool_wait's acquire of the word. The kernel compares it again before it lets the producer sleep.
    atomic_fetch_add_explicit(&registry->producer_word, 1, memory_order_release);
    const struct doorbell_sleepers producer = {
        .first = &registry->producer_semaphore, .count = 1, .who = 1};
    TACHY_FAILPOINT("ring.before_wake");
    doorbell->wake(&registry->producer_word, &producer);
}

void registry_forgo(struct ring_registry *registry, const struct doorbell *doorbell, uint32_t index)
{
    // Partner: the acquire of the mask in pool.c. Carries nothing: a bit seen late only makes the producer wait.
    atomic_fetch_and_explicit(&registry->lossless, ~(UINT64_C(1) << index), memory_order_release);
    registry_ring(registry, doorbell);
}

// By the owner of the block's lock only: its former owner is gone, or it is our own.
static void empty_block(const struct registry *registry, uint32_t index)
{
    struct ring_reader *block = &registry->map->readers[index];
    for (uint32_t i = 0; i < RING_CELLS_MAX; i++)
        // Partner: scan's acquire of the cell. The dead read no more.
        atomic_store_explicit(&block->cells[i], 0, memory_order_release);
    TACHY_FAILPOINT("empty.cells_cleared");
    set(&block->reserved, 0);
    set_wide(&block->wanted, 0);
    store_state(block, RING_READER_FREE);
    TACHY_FAILPOINT("empty.before_mask");
    registry_forgo(registry->map, registry->doorbell, index);
}

void registry_leave(const struct registry *registry, uint32_t index)
{
    empty_block(registry, index);
    TACHY_FAILPOINT("detach.emptied");
    lock_drop(registry->fd, index);
}

static bool has_moved(const struct ring_reader *block, uint32_t index,
                      struct registry_memory *memory)
{
    uint64_t received = get_wide(&block->received);
    uint32_t incarnation = get(&block->incarnation);
    bool moved = received != memory->received[index] || incarnation != memory->incarnation[index];
    memory->received[index] = received;
    memory->incarnation[index] = incarnation;
    return moved;
}

static void sweep_but(const struct registry *registry, uint32_t own, struct registry_memory *memory)
{
    for (uint32_t i = 0; i < registry->readers_max; i++) {
        struct ring_reader *block = &registry->map->readers[i];
        if (i == own || load_state(block) == RING_READER_FREE)
            continue;
        if (memory != NULL && has_moved(block, i, memory))
            continue;
        if (RING_CHECK(owner_lives, !lock_take(registry->fd, i)))
            continue;
        TACHY_FAILPOINT("sweep.locked");
        empty_block(registry, i);
        TACHY_FAILPOINT("sweep.emptied");
        lock_drop(registry->fd, i);
        TACHY_FAILPOINT("sweep.done");
    }
}

void registry_sweep(const struct registry *registry, struct registry_memory *memory)
{
    sweep_but(registry, UINT32_MAX, memory);
}

// Takes the first block whose lock is free; a dead owner's leavings are emptied by that.
static bool take_block(const struct registry *registry, uint32_t *index)
{
    for (uint32_t i = 0; i < registry->readers_max; i++) {
        if (RING_CHECK(block_is_owned, !lock_take(registry->fd, i)))
            continue;
        TACHY_FAILPOINT("attach.locked");
        empty_block(registry, i);
        TACHY_FAILPOINT("attach.emptied");
        *index = i;
        return true;
    }
    return false;
}

static void fill_block(struct ring_reader *block, const struct registry_terms *terms)
{
    set(&block->incarnation, get(&block->incarnation) + 1);
    set(&block->mode, terms->reading);
    set(&block->pid, (uint32_t)getpid());
    registry_want(block, terms->wanted, terms->generation);
    // Never 0 while live: cursor - 1 must not wrap.
    set_wide(&block->cursor, RING_CHECK(first_cursor, 1));
    set_wide(&block->received, 0);
    set_wide(&block->skipped, 0);
    set_wide(&block->lost, 0);
    set_wide(&block->corrupt, 0);
    latency_reset(block);
    snprintf(block->name, sizeof block->name, "%s", terms->reader_name);
    set(&block->reserved, terms->held);
    TACHY_FAILPOINT("attach.filled");
    store_state(block, RING_READER_ATTACHING);
    TACHY_FAILPOINT("attach.reserved");
}

enum fit { FITS, COLLIDES, EXCEEDS };

// Whether all reservations, ours among them, fit. One made at the same moment may yet be taken back: that is a collision.
static enum fit look_for_room(const struct registry *registry, uint32_t own)
{
    // Partner: the same fence in another attacher: at least one of two sees the other's reservation.
    atomic_thread_fence(memory_order_seq_cst);
    uint64_t reserved = 0;
    bool others_attach = false;
    for (uint32_t i = 0; i < registry->readers_max; i++) {
        const struct ring_reader *block = &registry->map->readers[i];
        uint32_t state = load_state(block);
        if (state == RING_READER_FREE)
            continue;
        reserved += get(&block->reserved);
        others_attach = others_attach || (i != own && state == RING_READER_ATTACHING);
    }
    if (!RING_CHECK(no_room, reserved > registry->held_max))
        return FITS;
    return others_attach ? COLLIDES : EXCEEDS;
}

enum { HOLDERS_BYTES = 600, HOLDER_BYTES_MAX = 120 };

// "viewer (pid 7, 1), ...": each with the frames it reserves, and how many more there are.
static void list_holders(const struct registry *registry, char holders[HOLDERS_BYTES])
{
    size_t used = 0;
    uint32_t more = 0;
    holders[0] = 0;
    for (uint32_t i = 0; i < registry->readers_max; i++) {
        struct registry_reader reader;
        registry_look(registry, i, 0, &reader);
        if (reader.live && used + HOLDER_BYTES_MAX < HOLDERS_BYTES)
            used +=
                (size_t)snprintf(holders + used, HOLDERS_BYTES - used, "%s%s (pid %u, %u)",
                                 used == 0 ? "" : ", ", reader.name, reader.pid, reader.reserved);
        else
            more += reader.live;
    }
    if (more > 0)
        snprintf(holders + used, HOLDERS_BYTES - used, " and %u more", more);
}

static tachy_status fail_table(const struct registry *registry)
{
    char holders[HOLDERS_BYTES];
    list_holders(registry, holders);
    return error_set(TACHY_FULL,
                     "stream %s: its reader table is full (%u places); held by: %s; end one",
                     registry->stream, registry->readers_max, holders);
}

static tachy_status fail_reservations(const struct registry *registry, uint32_t held)
{
    static const char advice[] = "let the producer reserve for more (tachy produce --readers N)";
    if (held > registry->held_max)
        return error_set(TACHY_FULL,
                         "stream %s: all its readers together may hold %u frames, and this one "
                         "wants %u; hold fewer, or %s",
                         registry->stream, registry->held_max, held, advice);
    char holders[HOLDERS_BYTES];
    list_holders(registry, holders);
    return error_set(TACHY_FULL,
                     "stream %s: %u of %u frames are reserved by its readers, %u more do not fit; "
                     "held by: %s; end one, or %s",
                     registry->stream, registry_sum(registry).reserved, registry->held_max, held,
                     holders, advice);
}

static void back_off(void)
{
    struct timespec moment = {.tv_nsec = (long)(mark_random() % (2 * NS_PER_MS))};
    nanosleep(&moment, NULL);
}

tachy_status registry_join(const struct registry *registry, const struct registry_terms *terms,
                           uint32_t *index)
{
    if (terms->held > registry->held_max)
        return fail_reservations(registry, terms->held);
    for (int i = 0; i < COLLISIONS_MAX; i++) {
        uint32_t own;
        if (!take_block(registry, &own))
            return fail_table(registry);
        struct ring_reader *block = &registry->map->readers[own];
        fill_block(block, terms);
        enum fit fit = look_for_room(registry, own);
        if (fit != FITS) { // a collision with one that died attaching is over only when it is swept
            sweep_but(registry, own, NULL);
            fit = look_for_room(registry, own);
        }
        if (fit == FITS) {
            store_state(block, RING_READER_LIVE);
            TACHY_FAILPOINT("attach.live");
            if (terms->reading == TACHY_LOSSLESS)
                // Partner: the acquire of the mask in pool.c. Carries that the block is live, its mode and its cursor.
                atomic_fetch_or_explicit(&registry->map->lossless, UINT64_C(1) << own,
                                         memory_order_release);
            TACHY_FAILPOINT("attach.before_fence");
            // Partners: the fence of pool_claim: a producer that saw the block free has its BUSY seen by our first pin; and
            // that of pool_publish: a producer that did not see our bit has its head seen by reader_start.
            atomic_thread_fence(memory_order_seq_cst);
            *index = own;
            return TACHY_OK;
        }
        registry_leave(registry, own);
        if (fit == EXCEEDS)
            return fail_reservations(registry, terms->held);
        back_off();
    }
    return fail_reservations(registry, terms->held);
}

void registry_want(struct ring_reader *block, uint64_t wanted, uint32_t generation)
{
    set_wide(&block->wanted, wanted);
    // Partner: registry_wanted's acquire. Carries the bits.
    atomic_store_explicit(&block->wanted_generation, generation, memory_order_release);
}

void registry_want_nothing(struct ring_reader *block)
{
    registry_want(block, 0, NO_GENERATION);
}

uint64_t registry_wanted(const struct registry *registry, uint32_t generation)
{
    uint64_t wanted = 0;
    for (uint32_t i = 0; i < registry->readers_max; i++) {
        const struct ring_reader *block = &registry->map->readers[i];
        if (load_state(block) != RING_READER_LIVE)
            continue;
        // Partner: registry_want's release. Carries the bits.
        uint32_t of = atomic_load_explicit(&block->wanted_generation, memory_order_acquire);
        wanted |= of == generation || of == NO_GENERATION ? get_wide(&block->wanted) : UINT64_MAX;
    }
    return wanted;
}

static uint32_t count_cells(const struct ring_reader *block)
{
    uint32_t held = 0;
    for (uint32_t i = 0; i < RING_CELLS_MAX; i++)
        held += get(&block->cells[i]) != 0;
    return held;
}

void registry_look(const struct registry *registry, uint32_t index, uint64_t head,
                   struct registry_reader *reader)
{
    const struct ring_reader *block = &registry->map->readers[index];
    memset(reader, 0, sizeof *reader);
    reader->live = load_state(block) == RING_READER_LIVE;
    reader->pid = get(&block->pid);
    reader->incarnation = get(&block->incarnation);
    reader->reserved = get(&block->reserved);
    reader->held = count_cells(block);
    uint32_t mode = get(&block->mode);
    reader->reading = mode <= TACHY_LOSSLESS ? (tachy_reading)mode : TACHY_NEWEST;
    if (reader->live) // else its next owner may be writing it
        memcpy(reader->name, block->name, sizeof reader->name - 1);
    uint64_t cursor = get_wide(&block->cursor);
    reader->stats = (tachy_stats){.size = sizeof reader->stats,
                                  .received = get_wide(&block->received),
                                  .skipped = get_wide(&block->skipped),
                                  .lost = get_wide(&block->lost),
                                  .corrupt = get_wide(&block->corrupt),
                                  .lag = head >= cursor ? head - cursor + 1 : 0,
                                  .held = reader->held,
                                  .lossless = reader->reading == TACHY_LOSSLESS,
                                  .copying = reader->live && reader->reserved == 0};
    latency_summarise(block, &reader->stats);
}

struct registry_sums registry_sum(const struct registry *registry)
{
    struct registry_sums sums = {0};
    for (uint32_t i = 0; i < registry->readers_max; i++) {
        const struct ring_reader *block = &registry->map->readers[i];
        if (load_state(block) == RING_READER_FREE)
            continue;
        sums.readers += load_state(block) == RING_READER_LIVE;
        sums.held += count_cells(block);
        sums.reserved += get(&block->reserved);
    }
    return sums;
}
