// A writer's parameters with their defaults filled in, each checked.
#ifndef COMMON_RING_TERMS_H
#define COMMON_RING_TERMS_H

#include <sys/types.h>
#include <tachy/write.h>

#include "common/shm/doorbell.h"

struct terms {
    tachy_writer_params params;
    uint32_t slots;
    mode_t mode, registry_mode; ///< of control, data and ids; of the registry
    enum doorbell_way way;
};

/// A copy of what the caller's struct has; it may be an older, shorter one. TACHY_INVALID.
tachy_status terms_copy(const tachy_writer_params *params, struct terms *terms);

/// All but the counts. TACHY_INVALID; TACHY_UNSUPPORTED.
tachy_status terms_settle(const char *stream, struct terms *terms);

/// The counts, whose defaults depend on a slot's size. TACHY_INVALID.
tachy_status terms_settle_counts(const char *stream, uint64_t slot_bytes, struct terms *terms);

#endif
