// The shared-memory ABI of a stream, on one page: what each object holds, who writes it, which word carries what.
//
//   <name>.ctl        struct ring_control    written by the producer; readers map it PROT_READ
//   <name>.reg        struct ring_registry   written by the producer and every reader
//   <name>.dat.<gen>  struct ring_data, then the slots: written by the producer; readers map it PROT_READ
//   <producer>.ids.<gen>  struct ring_ids, then rows, then strings: written by the producer; readers map it PROT_READ
//   <producer>.lock       empty: its lock makes one process the producer
//
// Each object of a stream has a second name, .spare, from which the first is linked back when somebody removes it.
// Major changes when an old program would misread a new object, minor when fields are added in reserved room.
// Bytes marked "room" belong to a later minor version and are zero.
#ifndef COMMON_RING_LAYOUT_H
#define COMMON_RING_LAYOUT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RING_MAJOR = 1,
    RING_MINOR = 1, ///< 1: about.wake, the semaphores, wanted_generation, huge_bytes
    RING_BYTE_ORDER = 0x01020304,
    RING_WORD_BITS = 64,
    RING_LINE = 128, ///< two cache lines: neighbours are prefetched in pairs
    RING_PAGE = 4096,
    RING_SLOT_BITS = 9,
    RING_SLOTS_MAX = 1 << RING_SLOT_BITS,
    RING_READERS_MAX = 64, ///< bits of the wait mask
    RING_CELLS_MAX = 8,
    RING_SEMAPHORE_BYTES = 32,
    RING_HELD_MAX = 480,  ///< frames that all readers together may hold
    RING_PLANES_MAX = 64, ///< bits of a plane mask
    RING_PLANE_NAME_BYTES = 32,
    RING_NAME_BYTES = 64,
    RING_TRACES = 64,
    RING_LATENCY_SUB = 8,                         ///< buckets per power of two
    RING_LATENCY_BUCKETS = 38 * RING_LATENCY_SUB, ///< up to 2^40 ns
    RING_ID_ROWS_FIRST = 1024,
    RING_ID_ROWS_MAX = 1 << 20,
    RING_ID_STRING_BYTES = 64, ///< of the string area, per row
    RING_ID_STRING_MAX = 1023,
};

#define RING_MAGIC_CONTROL UINT64_C(0x314c544359484354)  // "TCHYCTL1"
#define RING_MAGIC_REGISTRY UINT64_C(0x3147455259484354) // "TCHYREG1"
#define RING_MAGIC_DATA UINT64_C(0x3154414459484354)     // "TCHYDAT1"
#define RING_MAGIC_IDS UINT64_C(0x3153444959484354)      // "TCHYIDS1"

#define RING_BUSY UINT64_MAX ///< a slot's sequence while it is a draft
#define RING_SEQUENCE_MAX ((UINT64_C(1) << (64 - RING_SLOT_BITS)) - 1)

/// The first 64 bytes of every object, the same in every version.
struct ring_mark {
    _Atomic uint64_t magic; ///< stored last: 0 = unfinished
    uint32_t byte_order;
    uint16_t word_bits, major, minor, room16;
    uint32_t generation; ///< of .dat and .ids
    uint64_t epoch;      ///< random, the same in all objects of one life of a stream
    uint64_t bytes;      ///< of the whole object
    uint64_t room[3];
};

/// What a stream is; never changes.
struct ring_about {
    uint64_t seed, ids_epoch;
    int64_t clock_offset_ns; ///< of CLOCK_MONOTONIC in the writer's time namespace
    int64_t lossless_wait_ns;
    uint64_t
        crc_offset; ///< in this object, after the slots: uint32_t CRC32C [slots][RING_PLANES_MAX]; 0 = none
    uint32_t pid, slots, readers_max, held_max, drafts_max, history, tier, mode;
    char boot_id[40];
    char program[RING_NAME_BYTES];
    uint32_t
        wake; ///< enum doorbell_way. A reader of minor 0 sleeps by futex and finds a frame when it looks again
    uint32_t room32;
    uint64_t room[15];
};

/// What travels with a frame. Plain data: written in a draft, read through a pin. What `next` needs shares one cache line
/// with the slot's sequence.
struct ring_descriptor {
    uint64_t number; ///< the producer's frame
    int64_t time_numerator, time_denominator;
    int64_t published_ns;
    uint64_t planes;     ///< valid planes, bit i = planes[i]
    uint32_t generation; ///< of .dat
    uint32_t header_bytes;
    uint32_t id_rows, ids_generation; ///< the frame may refer to ids 1 .. id_rows
    int64_t wall_ns;                  ///< CLOCK_REALTIME of the publish; for tools, as what follows
    uint64_t room[7];
};

struct ring_slot {
    _Alignas(RING_LINE) _Atomic uint64_t sequence; ///< 0 = never used, RING_BUSY = a draft
    struct ring_descriptor descriptor;
};

enum ring_state { RING_OPEN, RING_CLOSED };

struct ring_control {
    struct ring_mark mark;
    struct ring_about about;
    _Alignas(RING_LINE) _Atomic uint64_t head;  ///< newest sequence << RING_SLOT_BITS | its slot
    _Alignas(RING_LINE) _Atomic uint32_t bell;  ///< what sleeping readers wait on
    _Alignas(RING_LINE) _Atomic uint32_t state; ///< enum ring_state
    _Atomic uint32_t generation;                ///< of .dat
    _Atomic uint64_t dropped, waited_ns;        ///< for tools, as all below
    _Atomic uint64_t rate_mhz;      ///< frames per 1,000 s over the last second measured
    _Atomic uint64_t rate_until_ns; ///< when that figure is stale, CLOCK_MONOTONIC
    _Alignas(RING_LINE) _Atomic uint32_t demoted[RING_READERS_MAX]; ///< incarnation
    _Alignas(RING_LINE) _Atomic uint32_t table[RING_SLOTS_MAX];     ///< slot of a sequence, modulo
    _Alignas(RING_LINE) struct ring_slot slots[];                   ///< about.slots
};

struct ring_semaphore { ///< sem_t
    _Alignas(8) unsigned char bytes[RING_SEMAPHORE_BYTES];
};

enum ring_reader_state {
    RING_READER_FREE,
    RING_READER_ATTACHING, ///< its reservation counts, its cells do not
    RING_READER_LIVE,
};

struct ring_trace { ///< room: written only while tracing
    uint64_t sequence;
    int64_t published_ns, taken_ns, released_ns;
};

/// One reader's block. Its byte of the registry (byte index = block index) is write-locked while its owner lives.
struct ring_reader {
    _Alignas(RING_LINE) _Atomic uint32_t state; ///< enum ring_reader_state
    _Atomic uint32_t incarnation;               ///< counts the owners of the block
    _Atomic uint32_t mode;                      ///< enum tachy_reading
    _Atomic uint32_t reserved;                  ///< frames it may hold
    _Atomic uint32_t cells[RING_CELLS_MAX];     ///< slot + 1 that is held; 0 = empty
    _Atomic uint64_t cursor;                    ///< the sequence wanted next
    _Atomic uint32_t pid;                       ///< for tools

    _Alignas(RING_LINE) _Atomic uint64_t wanted; ///< planes, bit i = planes[i]
    _Atomic uint64_t received, skipped, lost, corrupt;
    _Atomic uint64_t latency_min_ns, latency_max_ns;
    char name[RING_NAME_BYTES];
    _Atomic uint32_t wanted_generation; ///< whose planes `wanted` are the bits of

    _Alignas(RING_LINE) struct ring_semaphore
        semaphores[2]; ///< of the stream's own thread, and of one that watches beside it
    _Alignas(RING_LINE) _Atomic uint32_t latency[RING_LATENCY_BUCKETS];
    _Alignas(RING_LINE) struct ring_trace trace[RING_TRACES];
};

struct ring_registry {
    struct ring_mark mark;
    _Alignas(RING_LINE) _Atomic uint64_t wait_mask;     ///< bit = block of a reader about to sleep
    _Alignas(RING_LINE) _Atomic uint32_t producer_word; ///< what a waiting producer waits on
    _Atomic uint32_t producer_waits;                    ///< whether it does
    _Atomic uint64_t lossless;                          ///< bit = block of a lossless reader
    struct ring_semaphore producer_semaphore;           ///< what it waits on by the other way
    _Alignas(RING_LINE) struct ring_reader readers[];   ///< about.readers_max
};

struct ring_plane {
    char name[RING_PLANE_NAME_BYTES];
    uint32_t format, count, height, width, channels, room32;
    uint64_t offset; ///< from the slot's start, a multiple of 64
    uint64_t row_bytes, image_bytes;
    uint64_t room;
};

/// Head of .dat: the geometry of a generation; never changes. A slot: header, then planes.
struct ring_data {
    struct ring_mark mark;
    uint64_t slots_offset, slot_bytes; ///< both multiples of RING_PAGE
    uint32_t slots, plane_count, images, header_capacity;
    uint64_t objects_offset;                  ///< room: plane `objects`; 0 = none
    uint32_t objects_max, objects_unoccluded; ///< room
    uint64_t huge_bytes;                      ///< in huge pages when it was made; for tools
    uint64_t room[7];
    struct ring_plane planes[RING_PLANES_MAX];
};

/// A row never changes once a frame's descriptor counts it.
struct ring_id_row {
    int64_t object_id;
    uint8_t id_color[3], category_color[3];
    uint16_t name_bytes, category_bytes; ///< without the NUL
    uint16_t room16;
    uint32_t name_offset, category_offset; ///< from the string area's start
    uint32_t room32;
};

struct ring_ids {
    struct ring_mark mark;
    uint64_t strings_offset, strings_bytes; ///< from the object's start
    uint32_t rows_max, room32;
    uint64_t room[5];
    struct ring_id_row rows[]; ///< rows_max
};

_Static_assert(sizeof(struct ring_mark) == 64, "frozen across versions");
_Static_assert(offsetof(struct ring_mark, major) == 14, "frozen across versions");
_Static_assert(sizeof(struct ring_about) == 304, "ABI");
_Static_assert(sizeof(struct ring_descriptor) == 120, "ABI");
_Static_assert(sizeof(struct ring_slot) == RING_LINE, "a descriptor is a line");
_Static_assert(offsetof(struct ring_slot, descriptor.wall_ns) == 64,
               "one transfer hands out a frame");
_Static_assert(offsetof(struct ring_control, head) == 384, "ABI");
_Static_assert(offsetof(struct ring_control, bell) == 512, "ABI");
_Static_assert(offsetof(struct ring_control, state) == 640, "ABI");
_Static_assert(offsetof(struct ring_control, demoted) == 768, "ABI");
_Static_assert(offsetof(struct ring_control, table) == 1024, "ABI");
_Static_assert(offsetof(struct ring_control, slots) == 3072, "ABI");
_Static_assert(offsetof(struct ring_reader, wanted) == RING_LINE, "steps share one line");
_Static_assert(offsetof(struct ring_reader, semaphores) == 256, "ABI");
_Static_assert(offsetof(struct ring_reader, latency) == 384, "ABI");
_Static_assert(sizeof(struct ring_reader) == 3712, "ABI");
_Static_assert(offsetof(struct ring_registry, producer_semaphore) == 272, "ABI");
_Static_assert(offsetof(struct ring_registry, readers) == 384, "ABI");
_Static_assert(sizeof(struct ring_plane) == 88, "ABI");
_Static_assert(offsetof(struct ring_data, planes) == 176, "ABI");
_Static_assert(sizeof(struct ring_data) <= 2 * RING_PAGE, "slots start at the third page");
_Static_assert(sizeof(struct ring_id_row) == 32, "ABI");
_Static_assert(offsetof(struct ring_ids, rows) == 128, "ABI");
_Static_assert(RING_READERS_MAX <= 64 && RING_PLANES_MAX <= 64, "bits of a word");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_INT_LOCK_FREE == 2, "atomics cross processes");

#endif
