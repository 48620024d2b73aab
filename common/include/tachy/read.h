// Reading: attach to a stream, take its frames, ask about it. One thread at a time per stream; streams are independent.
#ifndef TACHY_READ_H
#define TACHY_READ_H

#include <tachy/frame.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tachy_stream tachy_stream;
typedef struct tachy_listing tachy_listing;

/// Timeouts are nanoseconds of CLOCK_MONOTONIC; 0 polls.
#define TACHY_FOREVER INT64_MAX

/// Which frames a reader gets; fixed at attach.
typedef enum tachy_reading {
    TACHY_NEWEST = 0, ///< always the latest frame; skips are counted as skipped
    TACHY_EVERY = 1, ///< each frame still there, oldest first; overwritten ones are counted as lost
    TACHY_LOSSLESS =
        2, ///< each frame, for the writer waits for this reader, within the stream's bound
} tachy_reading;

/// Zero means the default, but for `size` and `name`.
typedef struct tachy_stream_params {
    size_t size;      ///< sizeof(tachy_stream_params)
    const char *name; ///< "sim/a"
    tachy_reading reading;
    uint32_t held_max; ///< frames this reader may hold at once, at most 8; 0 = 1
    const char
        *planes; ///< "color,depth": what this reader wants rendered; NULL = every plane; "" = none
    const char *reader_name; ///< shown by tools; NULL = the program's name
    /// wait across the writer's restarts instead of ending with TACHY_GONE or TACHY_CLOSED. The next writer of the name is told
    /// by TACHY_CHANGED, once; its sequences begin at 1, frames held of the one before stay valid and count no longer against held_max,
    /// and what it published before this reader was there counts as lost (skipped, for a NEWEST reader). The reader's figures
    /// run on but for its latency. A LOSSLESS reader that was demoted stays an EVERY reader.
    bool follow;
    bool
        verify; ///< check each plane's CRC32C where the writer stores one, before the frame is handed out
    int64_t spin_ns; ///< `next` looks again for so long before it sleeps; 0 = sleep at once
    bool
        copying; ///< NEWEST only: take no reservation, copy each frame out; a frame overwritten meanwhile is tried again
    /// turn a segment that shrinks under us into TACHY_CORRUPT instead of SIGBUS. What is gone reads as zeros; the calls on the
    /// stream and its frames say TACHY_CORRUPT from then on. Makes the process' SIGBUS handler the library's;
    /// a SIGBUS from elsewhere goes on to the handler that was there at the attach, or ends the process. A thread that looks
    /// at frames must not block SIGBUS: the kernel then ends the process past every handler.
    bool guard;
    bool
        numbers_only; ///< copying only: frames come without their planes, for who counts and times them
} tachy_stream_params;

/// What a stream is. Strings and planes belong to whoever handed the struct out.
typedef struct tachy_info {
    size_t size;
    const char *name, *producer, *program; ///< "sim/a", "sim", "tachy-produce"
    uint64_t epoch, generation;
    uint64_t head; ///< the newest sequence; 0 = none yet
    uint64_t seed;
    const tachy_plane *planes; ///< data is NULL
    size_t plane_count;
    uint64_t slot_bytes, shared_bytes;
    uint32_t pid, slots, readers, readers_max;
    uint32_t held_reserved, held_max; ///< frames reserved by readers, of so many
    uint32_t drafts_max, history;
    uint32_t
        tier; ///< delivery: 1 rendered into the slot, 2 device copy, 3 mapped and one memcpy; 0 = not from a device
    double fps; ///< as the writer measured it over the last second
    uint64_t published, dropped;
    bool alive;
    uint64_t
        huge_bytes; ///< of the slots' memory, in huge pages when it was made; 0: all of it in small ones
    bool
        foreign_clock; ///< its times are of another CLOCK_MONOTONIC (another time namespace): no latency can be told
} tachy_info;

/// Figures of one reader. Latency is publish -> handed out, nanoseconds, from a log-linear histogram of each frame; a reader
/// that spins times one in 16, since a look at the clock takes about as long as a frame takes to arrive.
typedef struct tachy_stats {
    size_t size;
    uint64_t received, skipped, lost, corrupt;
    uint64_t lag; ///< published and not yet handed out
    uint64_t latency_count;
    int64_t latency_min_ns, latency_p50_ns, latency_p90_ns, latency_p99_ns, latency_max_ns;
    uint32_t held;
    bool lossless, copying;
} tachy_stats;

typedef struct tachy_reader_info {
    size_t size;
    const char *name;
    uint32_t pid;
    tachy_reading reading;
    tachy_stats stats;
} tachy_reader_info;

/// Attaches a reader, waiting up to `timeout_ns` for the stream to appear. A NEWEST reader starts at the newest frame
/// already there, an EVERY reader at the oldest one kept, a LOSSLESS one at the next publish. Ended by tachy_stream_detach.
/// TACHY_INVALID: a bad name or parameter; TACHY_NOT_FOUND: no such stream (or no such plane: the line says);
/// TACHY_TIMED_OUT: there but unfinished; TACHY_DENIED; TACHY_VERSION; TACHY_CORRUPT; TACHY_FULL: reader table or
/// reservations, the line names the holders; TACHY_GONE: its writer is dead; TACHY_NO_MEMORY; TACHY_SYSTEM.
TACHY_API tachy_status tachy_stream_attach(const tachy_stream_params *params, int64_t timeout_ns,
                                           tachy_stream **stream);

/// Detaches and sets *stream to NULL. Frames still held outlive it; the writer waits for a LOSSLESS reader no longer.
/// NULL and a pointer to NULL are legal.
TACHY_API void tachy_stream_detach(tachy_stream **stream);

/// The next frame by the reader's way of reading; release it with tachy_frame_release.
/// TACHY_EMPTY (timeout 0), TACHY_TIMED_OUT, TACHY_CLOSED, TACHY_GONE; TACHY_INTERRUPTED: see tachy_stream_interrupt;
/// TACHY_CHANGED, once: the next frame has another writer (`follow`), or other planes or sizes, than the last: read
/// tachy_stream_info again, then go on. Frames held stay as they are. Frames of a kind whose memory the writer had taken back
/// before this reader saw one count as lost;
/// TACHY_DEMOTED, once and before its first loss: this LOSSLESS reader was too slow, reads on as an EVERY reader, and what it
/// misses counts as lost; TACHY_BUSY: held_max frames are held; TACHY_CORRUPT, counted: the line says what, with `verify` which
/// plane, and the next call goes on behind that frame; TACHY_INVALID: in a forked child ("reopen after fork"); TACHY_NO_MEMORY.
TACHY_API tachy_status tachy_stream_next(tachy_stream *stream, int64_t timeout_ns,
                                         tachy_frame **frame);

/// The frame with the producer's number `number` (tachy_frame_number), which ascends: for who drives the producer in lock-step.
/// Moves the reader there: tachy_stream_next goes on behind it, frames stepped over count as skipped. Waits while it is to come.
/// TACHY_NOT_FOUND, at once: overwritten already, or never in this stream, and the reader stays where it was; else as tachy_stream_next.
TACHY_API tachy_status tachy_stream_at(tachy_stream *stream, uint64_t number, int64_t timeout_ns,
                                       tachy_frame **frame);

/// Ends the wait of tachy_stream_next or tachy_stream_at that goes on in another thread, or in this one where a signal handler calls it:
/// it says TACHY_INTERRUPTED. Where no wait goes on, the next call says so, before it hands out a frame and with timeout 0 too.
/// Several interrupts before that are one. No frame is lost by it. Async-signal-safe; from any thread while the stream is attached.
TACHY_API void tachy_stream_interrupt(tachy_stream *stream);

/// A descriptor for poll, epoll and event loops: readable while tachy_stream_next with timeout 0 would say something other than
/// TACHY_EMPTY: while a frame waits, and when the stream is closed, gone, changed or interrupted. Level-triggered. Only to be waited on:
/// reading or closing it is the stream's own business, which it belongs to; it ends with tachy_stream_detach. The first call
/// starts a helper thread, which sleeps while a frame waits. TACHY_SYSTEM: no descriptor or thread to be had; TACHY_NO_MEMORY; TACHY_INVALID: after fork.
TACHY_API tachy_status tachy_stream_fd(tachy_stream *stream, int *fd);

/// What the stream is, now; planes and sizes are those of the next frame. Valid until the next call of this, TACHY_CHANGED or detach.
/// TACHY_INVALID: after fork.
TACHY_API tachy_status tachy_stream_info(tachy_stream *stream, const tachy_info **info);

/// This reader's figures; `stats->size` says how much of it there is. TACHY_INVALID: it is not set; or after fork.
TACHY_API tachy_status tachy_stream_stats(const tachy_stream *stream, tachy_stats *stats);

/// The streams on this machine that this user may read, now, by name. Dead ones are listed too (alive = false). Ended by
/// tachy_listing_destroy. TACHY_NO_MEMORY; TACHY_SYSTEM: /dev/shm cannot be listed.
TACHY_API tachy_status tachy_listing_create(tachy_listing **listing);

/// The stream at `index`, or NULL past the end. Valid until the listing is destroyed.
TACHY_API const tachy_info *tachy_listing_at(const tachy_listing *listing, size_t index);

/// A reader of the stream at `index`, or NULL past the end. Valid until the listing is destroyed.
TACHY_API const tachy_reader_info *tachy_listing_reader(const tachy_listing *listing, size_t index,
                                                        size_t reader);

/// Why the `index`-th stream that is there and cannot be read is not listed: its name and the line that attaching to it would
/// leave, valid until the listing is destroyed. TACHY_OK past the end, both as before; else TACHY_TIMED_OUT (unfinished, or
/// being replaced), TACHY_DENIED, TACHY_VERSION, TACHY_CORRUPT, TACHY_NO_MEMORY or TACHY_SYSTEM.
TACHY_API tachy_status tachy_listing_failure(const tachy_listing *listing, size_t index,
                                             const char **name, const char **line);

/// NULL and a pointer to NULL are legal.
TACHY_API void tachy_listing_destroy(tachy_listing **listing);

#ifdef __cplusplus
}
#endif
#endif
