// A writer's parameters with their defaults filled in, each checked.
#include "common/ring/terms.h"

#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/ring/layout.h"
#include "common/ring/writer.h"

enum { HELD_LARGE = 5, SMALL_SLOT_BYTES = 256 * 1024, MODE_OWN = 0600, MODE_GROUP = 0660 };

static const int64_t lossless_wait_default_ns = NS_PER_S;

tachy_status terms_copy(const tachy_writer_params *params, struct terms *terms)
{
    if (params == NULL || params->size < offsetof(tachy_writer_params, readers_max))
        return error_set(TACHY_INVALID, "tachy_writer_create: params->size is not set");
    memset(terms, 0, sizeof *terms);
    size_t known = params->size < sizeof terms->params ? params->size : sizeof terms->params;
    memcpy(&terms->params, params, known);
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
    terms->mode = group ? 0640 : MODE_OWN;
    terms->registry_mode = group ? MODE_GROUP : MODE_OWN;
    return TACHY_OK;
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
