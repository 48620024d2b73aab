// Writing: what our own producer uses, open to any renderer, camera or player. One thread at a time per writer, its drafts included.
// In a forked child what would touch a stream of its parent's says TACHY_INVALID, or NULL, and destroying its writer ends nothing.
#ifndef TACHY_WRITE_H
#define TACHY_WRITE_H

#include <tachy/frame.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tachy_writer tachy_writer;
typedef struct tachy_draft tachy_draft;

/// One plane to lay out. Rows are padded to 64 bytes and images to 4 rows, planes start at multiples of 64 bytes: what
/// linear images of the Vulkan CPU driver need, so that a device renders straight into a slot.
typedef struct tachy_plane_params {
    const char *name;                        ///< at most 31 bytes of [a-z0-9_]
    tachy_format format;                     ///< of one channel
    uint32_t count, height, width, channels; ///< none may be 0; channels at most 4
} tachy_plane_params;

/// How sleeping readers are woken, and a writer that waits for lossless ones.
typedef enum tachy_wake {
    TACHY_WAKE_BEST =
        0, ///< as the environment's TACHY_WAKE says (futex, semaphore), else futexes where they are
    TACHY_WAKE_FUTEX,
    TACHY_WAKE_SEMAPHORE, ///< process-shared POSIX semaphores, one posted per sleeper: about three times as costly for 16
} tachy_wake;

/// Zero means the default, but for `size`, `name` and `planes`.
typedef struct tachy_writer_params {
    size_t size;      ///< sizeof(tachy_writer_params)
    const char *name; ///< "sim/a": the part before the first slash is the producer
    const tachy_plane_params *planes;
    size_t plane_count;   ///< 1 to 64
    uint32_t readers_max; ///< 0 = 64, the most
    uint32_t
        held_max; ///< frames that all readers together may hold, at most 480; 0 = readers_max for slots up to 256 KiB, else 5
    uint32_t drafts_max; ///< claimed and not yet published; 0 = 2
    uint32_t history;    ///< published frames kept for every-readers beyond the newest; 0 = 1
    int64_t
        lossless_wait_ns; ///< how long lossless readers, all together, may hold the writer up in any ten times that span; 0 = 1 s
    uint32_t mode;        ///< 0 = 0600; 0660: group mode (control, data, ids 0640, registry 0660)
    bool
        verify; ///< store a CRC32C per plane of each frame, for readers that verify: costs a pass over its bytes at publish
    uint32_t tier; ///< told to readers in tachy_info
    uint64_t seed; ///< told to readers in tachy_info
    bool
        unannounced; ///< the names appear with the first publish: what can fail fails before, nothing after
    tachy_wake wake; ///< semaphores do not go with group mode (TACHY_UNSUPPORTED)
} tachy_writer_params;

typedef struct tachy_writer_stats {
    size_t size;
    uint64_t published;
    uint64_t dropped;  ///< claims that found every slot held
    int64_t waited_ns; ///< in claims, for lossless readers
    uint32_t readers, held;
    uint64_t
        renewals; ///< epochs that ended because some process truncated the stream's objects: see tachy_writer_memory
    /// names that some process removed (Python's resource_tracker does, for those opened by its SharedMemory) and that the
    /// writer gave back; looked for by claims, every 100 ms of publishing
    uint64_t names_restored;
    bool
        names_lost; ///< such a name and its spare are both gone: new readers do not find the stream
} tachy_writer_stats;

/// The shared memory that a stream of these parameters takes, without its producer's id table. TACHY_INVALID, TACHY_UNSUPPORTED.
TACHY_API tachy_status tachy_writer_bytes(const tachy_writer_params *params, uint64_t *bytes);

/// Makes a stream. Its memory is guarded against processes that truncate it: the process' SIGBUS handler is the library's from
/// now on, and what is not its own goes on to the handler before. Waits up to 2 s for a dying owner of the name. Ended by tachy_writer_destroy.
/// TACHY_INVALID; TACHY_EXISTS: a live producer has the name; TACHY_DENIED: an object of somebody else's at the name;
/// TACHY_SYSTEM: /dev/shm is too small (the line says how much is needed and free) and other errno; TACHY_NO_MEMORY.
TACHY_API tachy_status tachy_writer_create(const tachy_writer_params *params,
                                           tachy_writer **writer);

/// A slot to write the next frame into; it ends by tachy_draft_publish or tachy_draft_abort.
/// TACHY_BUSY: drafts_max are out; TACHY_EMPTY, at once: readers hold every slot (a drop, counted). Only lossless readers are
/// waited for: at most `timeout_ns` (TACHY_TIMED_OUT: claim again) and never beyond lossless_wait_ns; then the one furthest
/// behind is demoted, which costs it frames, and nobody waits for it again. TACHY_FOREVER is bounded by that too. While claims
/// time out the stream's bound runs on between them. TACHY_SYSTEM, TACHY_NO_MEMORY: the stream's objects were truncated, and new
/// ones could not be made; claim again.
TACHY_API tachy_status tachy_writer_claim(tachy_writer *writer, int64_t timeout_ns,
                                          tachy_draft **draft);

/// Where to write plane `name`; NULL if the stream has none. `layout` (may be NULL) gets its row_bytes, image_bytes ..., valid until the next resize.
TACHY_API void *tachy_draft_plane(tachy_draft *draft, const char *name, const tachy_plane **layout);

/// The camera of image `image`, copied. A camera that is not set is not in the frame. TACHY_INVALID: no such image, or a name
/// without end; TACHY_FULL: the header has no room for it.
TACHY_API tachy_status tachy_draft_set_camera(tachy_draft *draft, uint32_t image,
                                              const tachy_camera *camera);

/// The producer's frame number and the simulation time in seconds; without it: the sequence, and the publish time.
/// TACHY_INVALID: a denominator that is not positive.
TACHY_API tachy_status tachy_draft_set_frame(tachy_draft *draft, uint64_t number,
                                             int64_t time_numerator, int64_t time_denominator);

/// Which planes this frame has, bit i = planes[i]; all, if not said. TACHY_INVALID: a bit of no plane.
TACHY_API tachy_status tachy_draft_set_valid(tachy_draft *draft, uint64_t planes);

/// Makes the frame visible, wakes readers, sets *draft to NULL. No system call when nobody sleeps. It fails, and the draft stays,
/// only at the first publish of an `unannounced` writer, whose names appear then: TACHY_EXISTS, TACHY_SYSTEM.
TACHY_API tachy_status tachy_draft_publish(tachy_draft **draft);

/// Gives the slot back unpublished and sets *draft to NULL: the caller promises that nothing writes the planes any more.
TACHY_API void tachy_draft_abort(tachy_draft **draft);

/// The union of what attached readers want; bit i = planes[i].
TACHY_API tachy_status tachy_writer_wanted(const tachy_writer *writer, uint64_t *planes);

/// Adds a row to the id table, which all writers of one producer share, and says its number. Strings are copied.
/// TACHY_FULL: 2^20 rows; TACHY_SYSTEM: /dev/shm is full; TACHY_NO_MEMORY; TACHY_INVALID.
TACHY_API tachy_status tachy_writer_add_identity(tachy_writer *writer,
                                                 const tachy_identity *identity, uint32_t *id);

/// All slots, one page-aligned mapping: for import into a device. Ask again after each claim: when another process truncates
/// the stream's objects, the next claim goes on in new ones (readers of the old get TACHY_GONE, views they hold stay whole),
/// and its draft lies there. The memory of before stays mapped until the first claim that finds none of its drafts out; after a
/// resize, until the first publish.
TACHY_API tachy_status tachy_writer_memory(const tachy_writer *writer, void **base, size_t *bytes);

/// The writer's figures; `stats->size` says how much of it there is. TACHY_INVALID: it is not set.
TACHY_API tachy_status tachy_writer_read_stats(const tachy_writer *writer,
                                               tachy_writer_stats *stats);

/// Frames of other planes or sizes from the next claim on: a new generation beside the old one, so there must be room for
/// both. Sequences run on; readers get TACHY_CHANGED before its first frame, and what they hold stays as it is. Until that frame is
/// published nobody sees the new generation: params == NULL abandons it and the old one goes on. Of `params` only planes count: the
/// rest is fixed at create, 0 or the same. Planes wanted before the change count as all (tachy_writer_wanted) until the reader has seen it.
/// TACHY_BUSY: drafts are out; TACHY_INVALID; TACHY_SYSTEM: /dev/shm is too small (the line says how much is needed and free) and
/// other errno; TACHY_NO_MEMORY: the stream then goes on as it was.
TACHY_API tachy_status tachy_writer_resize(tachy_writer *writer, const tachy_writer_params *params);

/// Ends the stream (readers get TACHY_CLOSED after its last frame), removes its names, aborts drafts, sets *writer to NULL.
TACHY_API void tachy_writer_destroy(tachy_writer **writer);

#ifdef __cplusplus
}
#endif
#endif
