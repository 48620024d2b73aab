// What `tachy produce` was asked for on its command line.
#ifndef PRODUCER_OPTIONS_H
#define PRODUCER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <tachy/status.h>

#include "common/base/log.h"

struct options {
    const char *name;     ///< of the producer: the first part of its streams' names
    const char *scene;    ///< "room", "empty" or a file
    const char *commands; ///< a file, or NULL
    const char *device;   ///< or NULL
    uint32_t avatars;
    bool avatars_said;
    uint32_t width, height;
    uint64_t planes;  ///< mask: drawn in every frame, and only these have memory
    bool planes_said; ///< else every plane has memory and is drawn when wanted
    bool flat_out;    ///< --fps max
    int64_t fps_numerator, fps_denominator;
    uint64_t frames; ///< 0 = until stopped
    uint32_t quality, readers, mode, tier, threads;
    bool threads_said;
    uint64_t seed;
    enum log_level log;
    bool help, version;
};

/// Fills in the defaults, then reads argv. TACHY_INVALID with one line that names the option, what came and what was
/// expected; options of the design that are not here yet are TACHY_UNSUPPORTED by name.
tachy_status options_parse(int argc, char **argv, struct options *options);

/// The help text, on stdout.
void options_help(void);

#endif
