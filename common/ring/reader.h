// A reader's steps: take a frame by pinning its slot, release it, sleep until the next.
#ifndef COMMON_RING_READER_H
#define COMMON_RING_READER_H

#include <stdbool.h>
#include <tachy/read.h>

#include "common/ring/layout.h"
#include "common/shm/doorbell.h"

/// What other threads and handlers of this process tell the reader's two threads.
struct reader_calls {
    _Atomic uint32_t interrupted; ///< 1: asked to, and no wait has ended by it yet
    _Atomic uint32_t nudges;      ///< changes when a watching thread is to look again
};

/// This process's own account; what the block in shared memory says is for the producer and for tools.
struct reader {
    const struct ring_control *control;
    struct ring_registry *registry;
    struct ring_reader *block;
    const struct doorbell *doorbell;
    uint32_t index, slots, history, held_max;
    uint32_t generation; ///< whose frames it takes
    bool every;          ///< also a lossless reader, before and after its demotion
    bool lossless;       ///< waited for, as far as we know
    uint32_t incarnation;
    uint64_t cursor; ///< the sequence wanted next
    struct reader_calls own_calls;
    struct reader_calls *calls; ///< its own, or those of the reader that it goes on for
    uint64_t awaited;           ///< the sequence whose coming ends a sleep
    uint64_t received, skipped, lost, corrupt;
    struct reader_foreign {
        uint64_t sequence;
        uint32_t generation;
    } foreign; ///< the frame that was not taken because of its generation
    _Atomic uint32_t taken[RING_CELLS_MAX]; ///< cells in use
    _Atomic uint32_t references;            ///< the stream's own, and one per frame held
};

struct reader_pin {
    uint32_t cell, slot;
    uint64_t sequence;
};

/// Where the reader starts; call once its block is live.
void reader_start(struct reader *reader);

/// After reader_start: goes on in a new epoch for `before`, with its figures. What was published before it came counts.
void reader_resume(struct reader *reader, const struct reader *before);

/// The next frame by the reader's way of reading, pinned. TACHY_EMPTY; TACHY_BUSY: held_max frames are held;
/// TACHY_DEMOTED, once, before the first loss; TACHY_CHANGED: it is of another generation, `foreign` says of which: it
/// stays the next one; TACHY_CORRUPT.
/// Only by the stream's own thread.
tachy_status reader_take(struct reader *reader, struct reader_pin *pin);

/// The descriptor of the newest frame, without taking it; false if there is none, or it was overwritten meanwhile. Before the first take.
bool reader_peek(const struct reader *reader, struct ring_descriptor *descriptor);

/// As reader_seek for a reader that copies: the frame is found, not pinned.
tachy_status reader_find_number(struct reader *reader, uint64_t number, struct reader_pin *found);

/// For a reader that copies: the newest frame, not pinned, and a free cell for its copy. Statuses as reader_take.
tachy_status reader_find(struct reader *reader, struct reader_pin *found);

/// The frame found was copied, then found whole (reader_is_whole): it counts as taken.
void reader_took_copy(struct reader *reader, const struct reader_pin *found);

/// The stream was detached, frames may still be held: nobody waits for a lossless reader any more, and none makes the
/// producer render.
void reader_forgo(struct reader *reader);

/// The frame with the producer's number `number`, pinned; the reader moves there, what it steps over counts as skipped.
/// Numbers ascend. TACHY_EMPTY: it is to come; TACHY_NOT_FOUND: overwritten, or never in this stream; TACHY_BUSY; TACHY_CORRUPT.
/// Only by the stream's own thread.
tachy_status reader_seek(struct reader *reader, uint64_t number, struct reader_pin *pin);

/// The frame that is not pinned any more, or not yet, is of another generation than the reader's: remembers it as `foreign`.
bool reader_is_foreign(struct reader *reader, uint64_t sequence, uint32_t generation);

/// The reader has another generation now, and wants these of its planes.
void reader_change(struct reader *reader, uint32_t generation, uint64_t wanted);

/// The foreign frame cannot be had any more: the reader goes on behind it, it counts as lost.
void reader_lose_foreign(struct reader *reader);

/// Counts a frame that was taken as handed out.
void reader_count_received(struct reader *reader);

/// Counts a frame that was taken, or could not be, as damaged.
void reader_count_corrupt(struct reader *reader);

/// Gives a pin back, from any thread. The frame's reference is still to be dropped.
void reader_release(struct reader *reader, uint32_t cell);

/// Whether the frame was left alone until now: a pinned one is, unless a peer cleared the pin.
bool reader_is_whole(const struct reader *reader, uint32_t slot, uint64_t sequence);

/// Ends the wait that goes on, or else the next one. Async-signal-safe, from any thread.
void reader_interrupt(struct reader *reader);

/// Whether a wait is to end by it, asked without forgetting it and with.
bool reader_is_interrupted(const struct reader *reader);
bool reader_take_interrupt(struct reader *reader);

/// Sleeps until a frame may be there, the stream closed or the reader is interrupted, at most `timeout_ns`; may return early.
void reader_sleep(struct reader *reader, int64_t timeout_ns);

/// Sleeps at most `timeout_ns`, or until an interrupt: for who waits for no frame. Only by the stream's own thread.
void reader_pause(struct reader *reader, int64_t timeout_ns);

/// For a thread that watches the stream beside its own: sleeps until sequence `awaited` is there, the stream closed, or it is
/// nudged (or the reader interrupted) after it read `nudges`, at most `timeout_ns`; may return early. reader_rest: until the nudge.
uint32_t reader_nudges(const struct reader *reader);
void reader_nudge(struct reader *reader);
void reader_watch(struct reader *reader, uint64_t awaited, uint32_t nudges, int64_t timeout_ns);
void reader_rest(struct reader *reader, uint32_t nudges, int64_t timeout_ns);

/// Looks for the awaited frame again and again for some microseconds; whether it is there. Only by the stream's own thread.
bool reader_spin(const struct reader *reader);

/// The newest sequence.
uint64_t reader_head(const struct ring_control *control);

bool reader_is_closed(const struct ring_control *control);

/// Frames held now.
uint32_t reader_held(const struct reader *reader);

/// One more user of the reader; reader_drop says whether the last one left.
void reader_retain(struct reader *reader);
bool reader_drop(struct reader *reader);

#endif
