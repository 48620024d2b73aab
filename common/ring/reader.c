// A reader's steps: take a frame by pinning its slot, release it, look for the next.
#include "common/ring/reader.h"

#include "common/base/error.h"
#include "common/base/failpoint.h"
#include "common/ring/check.h"
#include "common/ring/registry.h"

// An honest writer overtakes a reader once in a while; this often only a damaged stream does.
enum { TRIES_MAX = 4096 };

/// Some microseconds of looks at head. What is done between two of them is time in which a frame is not seen.
enum { SPIN_LOOKS = 4096, SPIN_LOOKS_WARM = 256 };

static uint64_t load_head(const struct ring_control *control)
{
    // Partner: pool_publish's release of head. Carries table and slot.sequence.
    return atomic_load_explicit(&control->head, memory_order_acquire);
}

uint64_t reader_head(const struct ring_control *control)
{
    return load_head(control) >> RING_SLOT_BITS;
}

bool reader_is_closed(const struct ring_control *control)
{
    // Partner: pool_close's release. Carries the last head.
    return atomic_load_explicit(&control->state, memory_order_acquire) == RING_CLOSED;
}

bool reader_is_whole(const struct reader *reader, uint32_t slot, uint64_t sequence)
{
    // Keeps the reads of the frame before the look at its sequence. Partner: the fence of pool_claim.
    atomic_thread_fence(memory_order_acquire);
    // Relaxed: carries nothing, only compared.
    return !RING_CHECK(overwritten_since,
                       atomic_load_explicit(&reader->control->slots[slot].sequence,
                                            memory_order_relaxed) != sequence);
}

static void show(_Atomic uint64_t *word, uint64_t value)
{
    // Relaxed: figures for tools.
    atomic_store_explicit(word, value, memory_order_relaxed);
}

static void move_cursor(struct reader *reader, uint64_t cursor)
{
    reader->cursor = reader->awaited = cursor;
    // Partner: the acquire of cursors in pool.c. Carries the pins of the frames before it.
    atomic_store_explicit(&reader->block->cursor, cursor, memory_order_release);
    if (reader->lossless)
        registry_ring(reader->registry, reader->doorbell);
}

// Wins the line of the reader's cells back from the producer, whose claims look at it: the pin then waits for no other core.
static void warm(const struct reader *reader)
{
    // Partner: the acquire of cursors in pool.c. Carries what move_cursor's carried: the value stays the same.
    atomic_store_explicit(&reader->block->cursor, reader->cursor, memory_order_release);
}

bool reader_spin(const struct reader *reader)
{
    for (int i = 0; i < SPIN_LOOKS; i++) {
        if (i % SPIN_LOOKS_WARM == 0)
            warm(reader);
        uint64_t head = load_head(reader->control);
        if (head >> RING_SLOT_BITS < reader->awaited)
            continue;
        // On its way before the steps to the pin. A number of no slot does no harm: a prefetch cannot fail.
        __builtin_prefetch(&reader->control->slots[head & (RING_SLOTS_MAX - 1)]);
        return true;
    }
    return false;
}

void reader_start(struct reader *reader)
{
    // Relaxed: written by ourselves when we took the block.
    reader->incarnation = atomic_load_explicit(&reader->block->incarnation, memory_order_relaxed);
    if (reader->calls == NULL)
        reader->calls = &reader->own_calls;
    uint64_t head = reader_head(reader->control);
    if (reader->lossless) {
        move_cursor(reader, head + 1);
        return;
    }
    uint64_t kept = reader->every ? reader->history : 0;
    uint64_t first = head > kept ? head - kept : 1;
    move_cursor(reader, first);
}

void reader_resume(struct reader *reader, const struct reader *before)
{
    uint64_t missed = reader->cursor - 1;
    reader->received = before->received;
    reader->skipped = before->skipped + (reader->every ? 0 : missed);
    reader->lost = before->lost + (reader->every ? missed : 0);
    reader->corrupt = before->corrupt;
    show(&reader->block->received, reader->received);
    show(&reader->block->skipped, reader->skipped);
    show(&reader->block->lost, reader->lost);
    show(&reader->block->corrupt, reader->corrupt);
}

static void unpin(struct reader *reader, uint32_t cell)
{
    // Partner: scan's acquire of the cell. Of the slot nothing was read but what generation it has.
    atomic_store_explicit(&reader->block->cells[cell], 0, memory_order_release);
    TACHY_FAILPOINT("acquire.refused");
    registry_ring(reader->registry, reader->doorbell);
}

static bool pin(struct reader *reader, uint32_t cell, uint32_t slot, uint64_t sequence)
{
    _Atomic uint32_t *hazard = &reader->block->cells[cell];
    TACHY_FAILPOINT("acquire.found");
    __builtin_prefetch(&reader->control->slots[slot]); // on its way while the fence below waits
    // Partner: scan's acquire of the cell. Release, not relaxed: it carries on what the last release of this cell carried.
    atomic_store_explicit(hazard, slot + 1, memory_order_release);
    TACHY_FAILPOINT("acquire.pinned");
    // Partner: the fence of pool_claim between BUSY and its scan: either it sees the pin or we see BUSY.
    atomic_thread_fence(memory_order_seq_cst);
    TACHY_FAILPOINT("acquire.fenced");
    // Partner: pool_publish's release of slot.sequence. Carries the frame and its descriptor.
    if (!RING_CHECK(pinned_too_late, atomic_load_explicit(&reader->control->slots[slot].sequence,
                                                          memory_order_acquire) != sequence))
        return true;
    unpin(reader, cell);
    return false;
}

bool reader_is_foreign(struct reader *reader, uint64_t sequence, uint32_t generation)
{
    if (generation == reader->generation)
        return false;
    reader->foreign = (struct reader_foreign){sequence, generation};
    return true;
}

// Whether the frame that was just pinned is of another generation; it is let go of then, but stays the next one.
static bool pinned_foreign(struct reader *reader, uint32_t cell, uint32_t slot, uint64_t sequence)
{
    uint32_t generation = reader->control->slots[slot].descriptor.generation;
    if (!reader_is_foreign(reader, sequence, generation))
        return false;
    unpin(reader, cell);
    return true;
}

bool reader_peek(const struct reader *reader, struct ring_descriptor *descriptor)
{
    uint64_t head = load_head(reader->control), sequence = head >> RING_SLOT_BITS;
    uint32_t slot = head & (RING_SLOTS_MAX - 1);
    if (sequence == 0 || RING_CHECK(peek_foreign_slot, slot >= reader->slots))
        return false;
    // Not pinned: a copying reader has reserved no slot. The head carries the descriptor.
    *descriptor = reader->control->slots[slot].descriptor;
    return reader_is_whole(reader, slot, sequence);
}

static tachy_status find_newest(const struct reader *reader, struct reader_pin *found)
{
    uint64_t head = load_head(reader->control), sequence = head >> RING_SLOT_BITS;
    uint32_t slot = head & (RING_SLOTS_MAX - 1);
    if (RING_CHECK(taken_before, sequence < reader->cursor))
        return TACHY_EMPTY;
    if (RING_CHECK(newest_foreign_slot, slot >= reader->slots))
        return TACHY_CORRUPT;
    found->slot = slot;
    found->sequence = sequence;
    return TACHY_OK;
}

static void count_skipped(struct reader *reader, uint64_t sequence)
{
    if (sequence <= reader->cursor) // a seek may go back
        return;
    reader->skipped += sequence - reader->cursor;
    show(&reader->block->skipped, reader->skipped);
}

static tachy_status take_newest(struct reader *reader, struct reader_pin *found)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        tachy_status status = find_newest(reader, found);
        if (status != TACHY_OK)
            return status;
        if (!pin(reader, found->cell, found->slot, found->sequence))
            continue;
        if (pinned_foreign(reader, found->cell, found->slot, found->sequence))
            return TACHY_CHANGED;
        count_skipped(reader, found->sequence);
        return TACHY_OK;
    }
    return TACHY_CORRUPT;
}

// Whether the producer gave up waiting for us; said once. From then on we lose what an every-reader loses.
static bool learn_demotion(struct reader *reader)
{
    if (!reader->lossless)
        return false;
    // Partner: pool_demote's release, by way of the head or the BUSY that we saw: no loss comes before the news.
    atomic_thread_fence(memory_order_acquire);
    if (RING_CHECK(not_demoted, atomic_load_explicit(&reader->control->demoted[reader->index],
                                                     memory_order_relaxed) != reader->incarnation))
        return false;
    reader->lossless = false;
    // Relaxed: for tools; the producer does not ask any more.
    atomic_store_explicit(&reader->block->mode, TACHY_EVERY, memory_order_relaxed);
    registry_forgo(reader->registry, reader->doorbell, reader->index);
    return true;
}

static bool is_there(const struct reader *reader, uint32_t slot, uint64_t sequence)
{
    // Relaxed: a hint that saves a pin; pin() looks again.
    return atomic_load_explicit(&reader->control->slots[slot].sequence, memory_order_relaxed) ==
           sequence;
}

static uint32_t slot_of(const struct reader *reader, uint64_t head, uint64_t sequence)
{
    if (sequence == head >> RING_SLOT_BITS)
        return head & (RING_SLOTS_MAX - 1);
    // Partner: pool_publish's release of table; slot.sequence is what decides.
    return atomic_load_explicit(&reader->control->table[sequence % RING_SLOTS_MAX],
                                memory_order_acquire);
}

// The oldest frame from `want` to the newest that is still there.
static tachy_status take_oldest(struct reader *reader, uint64_t head, uint64_t want,
                                struct reader_pin *found)
{
    uint64_t newest = head >> RING_SLOT_BITS;
    for (; want <= newest; want++) {
        uint32_t slot = slot_of(reader, head, want);
        if (RING_CHECK(every_foreign_slot, slot >= reader->slots))
            return TACHY_CORRUPT;
        if (!is_there(reader, slot, want) || !pin(reader, found->cell, slot, want)) {
            if (learn_demotion(reader))
                return TACHY_DEMOTED;
            continue;
        }
        if (pinned_foreign(reader, found->cell, slot, want))
            return TACHY_CHANGED;
        reader->lost += want - reader->cursor;
        show(&reader->block->lost, reader->lost);
        found->slot = slot;
        found->sequence = want;
        return TACHY_OK;
    }
    return TACHY_EMPTY;
}

static tachy_status take_every(struct reader *reader, struct reader_pin *found)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        uint64_t head = load_head(reader->control), newest = head >> RING_SLOT_BITS;
        if (learn_demotion(reader))
            return TACHY_DEMOTED;
        if (RING_CHECK(nothing_new, newest < reader->cursor))
            return TACHY_EMPTY;
        uint64_t oldest = newest >= RING_SLOTS_MAX ? newest - RING_SLOTS_MAX + 1 : 1;
        uint64_t want = reader->cursor > oldest ? reader->cursor : oldest;
        tachy_status status = take_oldest(reader, head, want, found);
        if (status != TACHY_EMPTY) // empty: all of them were overwritten meanwhile
            return status;
    }
    return TACHY_CORRUPT;
}

static int free_cell(struct reader *reader)
{
    for (uint32_t i = 0; i < reader->held_max; i++) {
        // Partner: reader_release's release. Carries that the other thread is done with the frame's handle.
        if (!RING_CHECK(cell_taken,
                        atomic_load_explicit(&reader->taken[i], memory_order_acquire) != 0))
            return (int)i;
    }
    return -1;
}

static void take_cell(struct reader *reader, const struct reader_pin *found)
{
    TACHY_FAILPOINT("acquire.before_cursor");
    move_cursor(reader, found->sequence + 1);
    TACHY_FAILPOINT("acquire.moved");
    // Relaxed: set and found free by the same thread; a release in another thread comes by way of the frame.
    atomic_store_explicit(&reader->taken[found->cell], 1, memory_order_relaxed);
}

tachy_status reader_take(struct reader *reader, struct reader_pin *taken)
{
    int cell = free_cell(reader);
    if (cell < 0)
        return TACHY_BUSY;
    TACHY_FAILPOINT("acquire.enter");
    struct reader_pin found = {.cell = (uint32_t)cell};
    tachy_status status = reader->every ? take_every(reader, &found) : take_newest(reader, &found);
    if (status == TACHY_OK) {
        take_cell(reader, &found);
        *taken = found;
    }
    TACHY_FAILPOINT("acquire.done");
    return status;
}

tachy_status reader_find(struct reader *reader, struct reader_pin *found)
{
    int cell = free_cell(reader);
    if (cell < 0)
        return TACHY_BUSY;
    tachy_status status = find_newest(reader, found);
    found->cell = (uint32_t)cell;
    // Partner: pool_publish's release of slot.sequence. Carries the frame and its descriptor to the copy.
    if (status == TACHY_OK && atomic_load_explicit(&reader->control->slots[found->slot].sequence,
                                                   memory_order_acquire) != found->sequence)
        return TACHY_EMPTY;
    return status;
}

// Whether `sequence` is in the slot, and its number. Not pinned: what is read counts only if the frame was whole after it.
static bool read_number(const struct reader *reader, uint32_t slot, uint64_t sequence,
                        uint64_t *number)
{
    const struct ring_slot *at = &reader->control->slots[slot];
    // Partner: pool_publish's release of slot.sequence. Carries the descriptor.
    if (atomic_load_explicit(&at->sequence, memory_order_acquire) != sequence)
        return false;
    *number = at->descriptor.number;
    return reader_is_whole(reader, slot, sequence);
}

// The frame of the number is to come. The writer must not wait until then for what a lossless reader steps over.
static tachy_status await(struct reader *reader, uint64_t newest)
{
    if (reader->lossless && newest >= reader->cursor) {
        count_skipped(reader, newest + 1);
        move_cursor(reader, newest + 1);
    }
    reader->awaited = newest + 1;
    return TACHY_EMPTY;
}

// From the newest frame back. TACHY_BUSY: the newest was overwritten under us; look again.
static tachy_status find_number(struct reader *reader, uint64_t number, struct reader_pin *found)
{
    uint64_t head = load_head(reader->control), newest = head >> RING_SLOT_BITS, seen;
    uint64_t oldest = newest > RING_SLOTS_MAX ? newest - RING_SLOTS_MAX + 1 : 1;
    for (uint64_t sequence = newest; sequence >= oldest; sequence--) {
        uint32_t slot = slot_of(reader, head, sequence);
        if (RING_CHECK(number_foreign_slot, slot >= reader->slots))
            return TACHY_CORRUPT;
        if (!read_number(reader, slot, sequence, &seen)) {
            if (sequence == newest)
                return TACHY_BUSY;
            continue;
        }
        if (seen < number)
            return sequence == newest ? await(reader, newest) : TACHY_NOT_FOUND;
        found->slot = slot;
        found->sequence = sequence;
        if (seen == number)
            return TACHY_OK;
    }
    return newest == 0 ? await(reader, 0) : TACHY_NOT_FOUND;
}

tachy_status reader_find_number(struct reader *reader, uint64_t number, struct reader_pin *found)
{
    int cell = free_cell(reader);
    if (cell < 0)
        return TACHY_BUSY;
    found->cell = (uint32_t)cell;
    for (int i = 0; i < TRIES_MAX; i++) {
        if (learn_demotion(reader))
            return TACHY_DEMOTED;
        tachy_status status = find_number(reader, number, found);
        if (status != TACHY_BUSY)
            return status;
    }
    return TACHY_CORRUPT;
}

tachy_status reader_seek(struct reader *reader, uint64_t number, struct reader_pin *taken)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        struct reader_pin found;
        tachy_status status = reader_find_number(reader, number, &found);
        if (status != TACHY_OK)
            return status;
        if (!pin(reader, found.cell, found.slot, found.sequence))
            continue; // overwritten meanwhile: the next look says so
        if (pinned_foreign(reader, found.cell, found.slot, found.sequence))
            return TACHY_CHANGED;
        count_skipped(reader, found.sequence);
        take_cell(reader, &found);
        TACHY_FAILPOINT("seek.done");
        *taken = found;
        return TACHY_OK;
    }
    return TACHY_CORRUPT;
}

void reader_change(struct reader *reader, uint32_t generation, uint64_t wanted)
{
    reader->generation = generation;
    registry_want(reader->block, wanted, generation);
}

void reader_lose_foreign(struct reader *reader)
{
    uint64_t sequence = reader->foreign.sequence;
    if (sequence < reader->cursor)
        return;
    if (reader->every)
        reader->lost += sequence - reader->cursor;
    else
        count_skipped(reader, sequence);
    reader->lost++;
    show(&reader->block->lost, reader->lost);
    move_cursor(reader, sequence + 1);
}

void reader_took_copy(struct reader *reader, const struct reader_pin *found)
{
    count_skipped(reader, found->sequence);
    take_cell(reader, found);
    TACHY_FAILPOINT("copy.done");
}

void reader_forgo(struct reader *reader)
{
    registry_want_nothing(reader->block);
    if (reader->lossless)
        registry_forgo(reader->registry, reader->doorbell, reader->index);
}

void reader_count_received(struct reader *reader)
{
    show(&reader->block->received, ++reader->received);
}

void reader_count_corrupt(struct reader *reader)
{
    show(&reader->block->corrupt, ++reader->corrupt);
}

void reader_release(struct reader *reader, uint32_t cell)
{
    TACHY_FAILPOINT("release.enter");
    // Partner: scan's acquire of the cell. Carries that our last read of the frame is over.
    atomic_store_explicit(&reader->block->cells[cell], 0, memory_order_release);
    TACHY_FAILPOINT("release.cleared");
    // Partner: free_cell's acquire. Carries that the handle is no longer used.
    atomic_store_explicit(&reader->taken[cell], 0, memory_order_release);
    TACHY_FAILPOINT("release.before_ring");
    registry_ring(reader->registry, reader->doorbell);
    TACHY_FAILPOINT("release.done");
}

uint32_t reader_held(const struct reader *reader)
{
    uint32_t held = 0;
    for (uint32_t i = 0; i < reader->held_max; i++)
        // Relaxed: a figure.
        held += atomic_load_explicit(&reader->taken[i], memory_order_relaxed);
    return held;
}

void reader_retain(struct reader *reader)
{
    // Relaxed: whoever adds a reference has one already.
    atomic_fetch_add_explicit(&reader->references, 1, memory_order_relaxed);
}

bool reader_drop(struct reader *reader)
{
    // Each drop's release carries its user's last touch to the acquire of whoever drops last and takes the reader apart.
    return atomic_fetch_sub_explicit(&reader->references, 1, memory_order_acq_rel) == 1;
}
