// A way for bytes to go from one process to another: our ring and its rivals, behind one interface.
#ifndef BENCH_CARRIER_H
#define BENCH_CARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/lib/sizes.h"

/// What both ends know before they open.
struct route {
    const struct frame_size *size;
    bool sleeping;  ///< the reader waits in the kernel; false: it looks again and again
    char name[48];  ///< of the stream or socket, new for each run
    int sockets[2]; ///< [0] the writer's, [1] the reader's; made before the processes part
};

/// The first and the last bytes of each frame carry its number: who sees both in place has the whole frame.
struct receipt {
    uint64_t first, last;
    int64_t published_ns; ///< the library's own publish stamp; 0 where it has none
    int64_t viewed_ns;    ///< CLOCK_MONOTONIC when the whole frame could be read
};

/// Ends are opened in their own processes. What fails says why on stderr.
struct carrier {
    const char *name;
    bool can_spin;
    bool (*prepare)(struct route *route); ///< before the processes part; may be NULL
    void (*discard)(struct route *route); ///< after both have ended; may be NULL
    void *(*open_writer)(const struct route *route);
    /// Writes `number` into the frame's first and last bytes, takes *called_ns, then hands the frame over.
    bool (*send)(void *writer, uint64_t number, int64_t *called_ns);
    void (*close_writer)(void *writer); ///< NULL is legal
    void *(*open_reader)(const struct route *route);
    bool (*receive)(void *reader, struct receipt *receipt);
    void (*close_reader)(void *reader); ///< NULL is legal
};

extern const struct carrier
    ring_carrier; ///< in place: the writer touches two cache lines, nothing is copied
extern const struct carrier
    unix_socket_carrier;                    ///< the frame is copied into the kernel and out of it
extern const struct carrier zeromq_carrier; ///< only with BENCH_ZEROMQ

#endif
