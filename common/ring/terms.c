// A writer's parameters with their defaults filled in, each checked.
#include "common/ring/terms.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/ring/layout.h"
#include "common/ring/writer.h"
#include "common/shm/folder.h"

enum { HELD_LARGE = 5, SMALL_SLOT_BYTES = 256 * 1024, MODE_OWN = 0600, MODE_GROUP = 0660 };

static const int64_t lossless_wait_default_ns = NS_PER_S;

tachy_status terms_copy(const tachy_writer_params *params, struct terms *terms)
{
    if (params == NULL || params->size < offsetof(tachy_writer_params, readers_max))
        return error_set(TACHY_INVALID, "tachy_writer_params: size is not set");
    memset(terms, 0, sizeof *terms);
    size_t known = params->size < sizeof terms->params ? params->size : sizeof terms->params;
    memcpy(&terms->params, params, known);
    return TACHY_OK;
}

static const char wake_variable[] = "TACHY_WAKE";

static const enum doorbell_way ways[] = {
    [TACHY_WAKE_FUTEX] = DOORBELL_FUTEX, [TACHY_WAKE_SEMAPHORE] = DOORBELL_SEMAPHORE};

// What the caller says, or else the environment, or else what works.
static enum doorbell_way choose_way(tachy_wake wake)
{
    if (wake != TACHY_WAKE_BEST)
        return wake < sizeof ways / sizeof *ways ? ways[wake] : DOORBELL_WAYS;
    const char *name = secure_getenv(wake_variable);
    return doorbell_find(name == NULL || name[0] == 0 ? NULL : name);
}

static tachy_status settle_way(const char *stream, struct terms *terms)
{
    terms->way = choose_way(terms->params.wake);
    if (terms->way == DOORBELL_WAYS)
        return error_set(TACHY_INVALID,
                         "stream %s: no such way to wake readers (wake is %u, the environment's "
                         "%s is %s); expected futex or semaphore",
                         stream, terms->params.wake, wake_variable,
                         secure_getenv(wake_variable) == NULL ? "not set"
                                                              : secure_getenv(wake_variable));
    if (!doorbell_of(terms->way)->works())
        return error_set(TACHY_UNSUPPORTED, "stream %s: this machine has no %s to wake readers by",
                         stream, doorbell_of(terms->way)->name);
    if (terms->way == DOORBELL_SEMAPHORE && terms->params.mode == MODE_GROUP)
        return error_set(TACHY_UNSUPPORTED,
                         "stream %s: semaphores in group mode: whoever may write one can end who "
                         "posts it; use futexes, or mode 0600",
                         stream);
    return TACHY_OK;
}

tachy_status terms_settle(const char *stream, struct terms *terms)
{
    tachy_writer_params *params = &terms->params;
    if (params->lossless_wait_ns < 0)
        return error_set(TACHY_INVALID, "stream %s: lossless_wait_ns is negative", stream);
    if (params->lossless_wait_ns == 0)
        params->lossless_wait_ns = lossless_wait_default_ns;
    if (params->mode != 0 && params->mode != MODE_OWN && params->mode != MODE_GROUP)
        return error_set(TACHY_INVALID, "stream %s: mode %04o; expected 0600 or 0660", stream,
                         params->mode);
    bool group = params->mode == MODE_GROUP;
    terms->mode = group ? FOLDER_GROUP : MODE_OWN;
    terms->registry_mode = group ? FOLDER_GROUP_REGISTRY : MODE_OWN;
    return settle_way(stream, terms);
}

static void fill_in(uint32_t *count, uint32_t fallback)
{
    if (*count == 0)
        *count = fallback;
}

tachy_status terms_settle_counts(const char *stream, uint64_t slot_bytes, struct terms *terms)
{
    tachy_writer_params *params = &terms->params;
    fill_in(&params->readers_max, RING_READERS_MAX);
    fill_in(&params->held_max, slot_bytes <= SMALL_SLOT_BYTES ? params->readers_max : HELD_LARGE);
    fill_in(&params->drafts_max, 2);
    fill_in(&params->history, 1);
    const struct {
        const char *name;
        uint32_t value, most;
    } bounds[] = {{"readers_max", params->readers_max, RING_READERS_MAX},
                  {"held_max", params->held_max, RING_HELD_MAX},
                  {"drafts_max", params->drafts_max, WRITER_DRAFTS_MAX},
                  {"history", params->history, RING_SLOTS_MAX}};
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        if (bounds[i].value > bounds[i].most)
            return error_set(TACHY_INVALID, "stream %s: %s is %u; expected at most %u", stream,
                             bounds[i].name, bounds[i].value, bounds[i].most);
    terms->slots = params->history + 1 + params->drafts_max + params->held_max;
    if (terms->slots > RING_SLOTS_MAX)
        return error_set(TACHY_INVALID,
                         "stream %s: history %u + 1 + drafts_max %u + held_max %u is more than %d "
                         "slots",
                         stream, params->history, params->drafts_max, params->held_max,
                         RING_SLOTS_MAX);
    return TACHY_OK;
}
