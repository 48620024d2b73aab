// A stream from its writer's side: what create.c makes and writer.c works on.
#ifndef COMMON_RING_WRITER_H
#define COMMON_RING_WRITER_H

#include <tachy/write.h>

#include "common/ring/geometry.h"
#include "common/ring/patience.h"
#include "common/ring/pool.h"
#include "common/ring/producer.h"
#include "common/ring/registry.h"
#include "common/ring/terms.h"
#include "common/shm/name.h"

enum { WRITER_DRAFTS_MAX = 16 };

/// An epoch that ended because a peer damaged its objects. Its slots are never claimed again.
struct lost_epoch {
    struct lost_epoch *next;
    struct segment control, registry, data;
    struct pool pool;
    uint32_t drafts_out; ///< they may finish; then its readers learn that it is gone
};

struct tachy_draft {
    tachy_writer *writer;
    struct lost_epoch *past; ///< NULL: the draft is of the epoch that goes on
    uint32_t slot;
    bool out;    ///< claimed, neither published nor aborted
    bool framed; ///< tachy_draft_set_frame was called
    size_t header_bytes;
    uint64_t number, planes;
    int64_t time_numerator, time_denominator;
};

struct tachy_writer {
    struct stream_name name;
    struct producer *producer;
    struct segment control, registry, data;
    struct ring_geometry geometry;
    uint64_t crc_offset;   ///< as in control->about, but where no peer can reach
    struct past *fallback; ///< the generation that readers know, until the first frame of a new one
    struct past *retired;  ///< older ones, of which a slot still has a frame
    uint32_t generations;  ///< numbers given so far
    struct pool pool;
    struct terms terms; ///< without the caller's name and planes
    struct lost_epoch *lost;
    uint64_t names_restored;
    bool names_lost;           ///< some are missing for good
    bool shrunk;               ///< an object was found shorter than it was made
    uint64_t renewed;          ///< how many epochs ended by damage
    uint64_t published_before; ///< frames of those
    uint32_t readers_max, held_max, drafts_max, forks;
    bool linked;    ///< the objects have names: .ctl.new until announced
    bool announced; ///< the control object has its name
    uint64_t dropped;
    int64_t swept_ns,
        starved_ns;       ///< when the registry was last swept, and so because no slot was free
    int64_t rate_from_ns; ///< since when frames are counted for fps
    uint64_t rate_from;   ///< head then
    bool rated;           ///< a first, short span was measured
    int64_t published_ns;
    int64_t wall_offset_ns, wall_read_ns; ///< wall clock - CLOCK_MONOTONIC, as of then
    struct registry_memory memory;
    struct patience patience; ///< with lossless readers
    int64_t
        held_up_ns; ///< since when one of them holds the writer up, as far as it is counted; 0 = none
    int64_t waited_ns;
    struct tachy_draft drafts[WRITER_DRAFTS_MAX];
};

/// TACHY_INVALID in a forked child.
tachy_status writer_check_fork(const tachy_writer *writer);

struct registry writer_registry(const tachy_writer *writer);

/// Makes the objects of its terms and geometry, whole and under no name.
tachy_status writer_make(tachy_writer *writer);

/// Locks them and gives them all their names but the control object's last one.
tachy_status writer_link(tachy_writer *writer);

/// What its objects are called; the control object `hidden` until it is announced.
struct object_names {
    char control[NAME_OBJECT_BYTES], hidden[NAME_OBJECT_BYTES], registry[NAME_OBJECT_BYTES],
        data[NAME_OBJECT_BYTES];
};
struct object_names writer_names(const tachy_writer *writer);

/// Gives back names that somebody removed, and counts them.
void writer_mend_names(tachy_writer *writer);

/// Takes away those names of the stream that name these objects.
void writer_unlink(const tachy_writer *writer, const struct segment *control,
                   const struct segment *registry, const struct segment *data);

/// Gives the control object its name: from now on readers find the stream.
tachy_status writer_announce(tachy_writer *writer);

/// Writes the head of a data object that was just made.
void writer_finish_data(const struct segment *data, const struct ring_geometry *geometry,
                        uint64_t epoch);

/// A resize: before the first frame of its generation is published; after a publish, while there are retired ones; at the end.
void resize_commit(tachy_writer *writer);
void resize_retire(tachy_writer *writer);
void resize_finish(tachy_writer *writer);

/// The epoch is a new one, unknown yet: the generation to go back to, if there is one, is made in it. Where there is no memory for
/// that, there is no way back.
void resize_renew(tachy_writer *writer);

/// Another try to claim, after a sweep of the dead; at most one a millisecond.
bool writer_claim_starved(tachy_writer *writer, uint32_t *slot);

/// Waits until lossless readers let go of a slot, demoting whoever exhausts the writer's patience. TACHY_EMPTY: they are not
/// what holds it up; TACHY_TIMED_OUT: `timeout_ns` ended first.
tachy_status writer_wait(tachy_writer *writer, int64_t timeout_ns, uint32_t *slot);

/// Whether a peer shrank or blanked one of the objects, as far as it was noticed; writer_look_for_loss asks the kernel.
bool writer_is_lost(const tachy_writer *writer);
void writer_look_for_loss(tachy_writer *writer);

/// Ends the epoch, whose objects are damaged, and goes on in new ones under the same names. Statuses as tachy_writer_create.
tachy_status writer_renew(tachy_writer *writer);

/// A draft of an epoch that ended is published or aborted.
void lost_forget_draft(struct lost_epoch *past);

/// Lets go of ended epochs that have no draft out; with `all`, of every one.
void lost_release(tachy_writer *writer, bool all);

#endif
