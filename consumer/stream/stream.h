// A stream from a reader's side, and its frames.
#ifndef CONSUMER_STREAM_STREAM_H
#define CONSUMER_STREAM_STREAM_H

#include <pthread.h>
#include <tachy/read.h>

#include "common/ring/ids.h"
#include "common/ring/objects.h"
#include "common/ring/reader.h"

/// A view into a slot, or (stream == NULL) a copy in memory of its own.
struct tachy_frame {
    tachy_stream *stream;
    uint32_t forks;
    struct reader_pin pin;             ///< pin.sequence serves clones too
    struct ring_descriptor descriptor; ///< a copy, checked
    uint32_t sums[RING_PLANES_MAX];    ///< its checksums, for a reader that verifies
    struct generation *generation;     ///< of the frame, kept mapped; NULL for a copy
    const struct ring_geometry *geometry;
    const char *slot;                    ///< header, then planes
    tachy_plane planes[RING_PLANES_MAX]; ///< filled in as they are asked for

    // What is made on first use and ends with the frame.
    void *header; ///< a private copy
    tachy_camera *cameras;
    bool cameras_read;
    tachy_status cameras_status;
    struct id_copy *ids;
};

/// One life of a stream, from one writer's start to its end, as a reader reads it. The program's handle is its first life; a
/// reader that follows goes on in further ones, each with objects, pins and frames of its own. The first then lasts as long
/// as the handle, any other until its last frame is released.
struct tachy_stream {
    tachy_stream *handle; ///< the program's; in each life but the first valid until detach only
    struct objects objects;
    struct reader reader;
    uint32_t forks;
    bool verify;     ///< check each frame against its checksums
    bool same_clock; ///< the writer's times are of our clock
    int64_t spin_ns;
    int64_t probed_ns; ///< when the writer was last seen alive
    bool gone;         ///< it was found dead: it stays so
    tachy_info info;   ///< what tachy_stream_info handed out
    uint32_t
        ids_seen; ///< the newest generation of the id table that a frame named; UINT32_MAX = none
    pthread_mutex_t ids_mutex; ///< guards what follows
    struct segment ids_map;
    uint32_t ids_generation; ///< of ids_map
    struct id_copy *ids; ///< the newest copy of the id table; frames of several threads share it
    struct tachy_frame frames[RING_CELLS_MAX]; ///< by cell
    bool copying, numbers_only;
    char *copies[RING_CELLS_MAX]; ///< of a copying reader, by cell
    uint64_t copy_bytes[RING_CELLS_MAX];
    char *wanted; ///< the planes this reader named; NULL = every plane

    // Of the handle alone.
    tachy_stream *now;          ///< the life that is read
    tachy_stream_params params; ///< for the next one; its strings are the stream's own
    char reader_name[RING_NAME_BYTES];
    struct stream_watch *watch; ///< serves tachy_stream_fd; NULL: nobody asked
    const uint64_t *sought;     ///< the number that tachy_stream_at waits for; NULL: the next frame
};

/// TACHY_INVALID in a forked child.
tachy_status stream_check_fork(const tachy_stream *stream);

/// Opens the objects of a stream whose writer lives. TACHY_NOT_FOUND, TACHY_TIMED_OUT, TACHY_GONE: it may yet come.
tachy_status stream_open(const struct stream_name *name, bool guard, struct objects *objects);
bool stream_may_come(tachy_status status);

/// A reader of the objects, which are its own from here on, also where it fails. `handle`: NULL, or whose next life it is.
tachy_status stream_join(const tachy_stream_params *params, struct objects *objects,
                         tachy_stream *handle, tachy_stream **stream);

/// The life is not read any more; frames held keep it.
void stream_leave(tachy_stream *life);

/// Whether the life that is read has ended, as far as it was noticed, and another one of the stream has begun.
bool stream_can_follow(const tachy_stream *handle);

/// The life that is read has ended: goes on in the next one, waiting for it until `deadline_ns` (0: not at all). TACHY_CHANGED; TACHY_EMPTY,
/// TACHY_TIMED_OUT, TACHY_INTERRUPTED; what attaching failed by, with the line said.
tachy_status stream_follow(tachy_stream *handle, int64_t deadline_ns);

/// What tachy_stream_next does, or with `sought` tachy_stream_at.
tachy_status stream_take(tachy_stream *stream, int64_t timeout_ns, tachy_frame **frame);

/// Whether a guarded stream's memory shrank: what was read of it is zeros. By the stream's own thread, or with its descriptor held.
bool stream_shrank(const tachy_stream *stream);

/// How a guarded stream whose memory shrank ends: TACHY_CORRUPT; TACHY_GONE or TACHY_CLOSED if it was the registry alone and
/// the writer has left this epoch meanwhile. The first comes without a line: stream_fail_shrunk leaves it.
tachy_status stream_end_shrunk(tachy_stream *stream);
tachy_status stream_fail_shrunk(const tachy_stream *stream);

/// TACHY_CORRUPT: memory of a guarded stream shrank that the frame lies in. TACHY_OK for a clone.
tachy_status frame_check_memory(const tachy_frame *frame);

/// The checksums of a slot, where they are asked for and stored.
void stream_copy_sums(const tachy_stream *stream, uint32_t slot, uint32_t sums[RING_PLANES_MAX]);

/// Whether the frame's planes are what the writer summed up; also TACHY_OK where nobody asked or nothing is stored.
tachy_status stream_verify(const tachy_stream *stream, const tachy_frame *frame);

/// "color,depth" as bits of the generation's planes; NULL is every plane. The first name that is none of them, or NULL.
const char *stream_parse_planes(const struct ring_geometry *geometry, const char *planes,
                                uint64_t *wanted);

/// The next frame is of another generation: makes it the stream's. TACHY_CHANGED; TACHY_EMPTY: it is gone, its frame is lost,
/// look again; TACHY_NOT_FOUND: the same, of a frame that was sought; what opening it failed by, with the line said.
tachy_status stream_change(tachy_stream *stream);

/// Of a handle: keeps the helper of tachy_stream_fd away from what the stream's own thread changes between the two.
void stream_hold_fd(tachy_stream *handle);
void stream_let_fd(tachy_stream *handle);

/// The descriptor of tachy_stream_fd, if there is one, after a call that may have taken a frame or found the end.
void stream_settle_fd(tachy_stream *stream);
void stream_stop_fd(tachy_stream *stream);

/// One user less; the last one takes the stream apart.
void stream_drop(tachy_stream *stream);

/// One user of a generation less: a frame, or the stream, which ends or goes on to another one. Each generation is a user of the stream.
void stream_drop_generation(tachy_stream *stream, struct generation *generation);
void stream_leave_generation(tachy_stream *stream, struct generation *generation);

/// The next frame of a copying reader, whole, in copies[pin->cell]. Statuses as reader_take, and TACHY_NO_MEMORY.
/// TACHY_EMPTY also if the writer was faster than each of some tries.
tachy_status stream_take_copy(tachy_stream *stream, struct reader_pin *pin);
void stream_free_copies(tachy_stream *stream);

/// Where a slot of the stream starts: header, then planes.
const char *stream_slot(const tachy_stream *stream, uint32_t slot);

/// A slot's descriptor, copied once, unchecked but for plane bits that no plane has.
void stream_copy_descriptor(const tachy_stream *stream, uint32_t slot,
                            struct ring_descriptor *descriptor);

/// Copies a slot's layout, but only what the frame has. The descriptor need not be true.
void frame_copy_slot(const struct ring_geometry *geometry, const struct ring_descriptor *descriptor,
                     const char *slot, char *copy);

/// A private copy of what the id table says; loaded once.
tachy_status frame_load_ids(tachy_frame *frame);

/// The whole table as of the frame. TACHY_NOT_FOUND: it is empty; TACHY_CORRUPT, TACHY_NO_MEMORY ...
tachy_status frame_identities(tachy_frame *frame, const tachy_identity **identities, size_t *count);

/// Maps the id table's generation that a frame names, so that it outlives its name. By the stream's own thread.
void stream_keep_ids(tachy_stream *stream, uint32_t generation);

/// TACHY_INVALID in a forked child; a clone is the child's own.
tachy_status frame_check_fork(const tachy_frame *frame);

/// Fills in `info`; strings and planes stay the objects'.
void info_fill(const struct objects *objects, tachy_info *info);

#endif
