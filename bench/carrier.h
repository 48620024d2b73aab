// A way for bytes to go from one process to others: our ring and its rivals, behind one interface.
#ifndef BENCH_CARRIER_H
#define BENCH_CARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/lib/sizes.h"

/// ROUTE_QUEUE: how many frames a reader that may lose none can be behind; else the two that a queue needs.
enum { ROUTE_READERS_MAX = 16, ROUTE_QUEUE = 4 };

/// What all ends know before they open.
struct route {
    const struct frame_size *size;
    uint32_t readers; ///< how many will open it
    bool sleeping;    ///< they wait in the kernel; false: they look again and again
    bool
        every; ///< no frame may be lost, the writer waits for its readers; false: the newest counts
    char name[48]; ///< of the stream or socket, new for each run
    int sockets[ROUTE_READERS_MAX]
               [2]; ///< [0] the writer's, [1] the reader's; made before the processes part
};

/// Ends are opened in processes of their own, the writer's first. What fails says why on stderr.
struct carrier {
    const char *name;
    size_t
        in_place_max; ///< frames up to so many bytes lie in shared memory from the start; larger are copied
    size_t bytes_max;          ///< 0: any
    const char *why_no_more;   ///< than bytes_max
    const char *why_no_spin;   ///< NULL: its reader can spin
    const char *why_no_sleep;  ///< NULL: its reader can sleep until a frame comes
    const char *why_no_fanout; ///< NULL: it has any number of readers

    bool (*start)(void);                  ///< a server it needs, once per program; may be NULL
    void (*stop)(void);                   ///< also where start failed; may be NULL
    bool (*prepare)(struct route *route); ///< before the processes part; may be NULL
    void (*discard)(struct route *route); ///< after all have ended; may be NULL

    void *(*open_writer)(const struct route *route);
    void *(*loan)(void *writer); ///< where the next frame is to be written; NULL: failed
    bool (*publish)(void *writer);
    void (*close_writer)(void *writer); ///< NULL is legal

    void *(*open_reader)(const struct route *route, uint32_t index);
    /// Waits for the next frame, which is then whole and can be read until release. NULL: failed.
    const void *(*receive)(void *reader);
    int64_t (*published_ns)(void *reader); ///< the publish stamp of the frame received; may be NULL
    void (*release)(void *reader);
    void (*close_reader)(void *reader); ///< NULL is legal
};

/// A rival that is not there says why.
struct rival {
    const char *name;
    const struct carrier *carrier; ///< NULL: missing
    const char *why;
};

enum { RIVAL_COUNT = 6 };
extern const struct carrier ring_carrier, semaphore_carrier;
extern const struct rival rival_table[RIVAL_COUNT];

/// Their servers. A rival whose server does not start is answered as missing by rival_missing from then on.
void rivals_start(void);
void rivals_stop(void);

/// Why this cannot be measured; NULL: it can.
const char *rival_missing(const struct rival *rival, const struct route *route);

/// The frame carries its number in its first and last bytes: who sees both has the whole frame.
void frame_mark(void *frame, size_t bytes, uint64_t number);
bool frame_is(const struct carrier *carrier, const void *frame, size_t bytes, uint64_t number);

#endif
