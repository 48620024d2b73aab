// Attaching, for tools.
#include "consumer/tools/attach.h"

#include <stdbool.h>
#include <string.h>

#include "common/base/clock.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/stop.h"

// "No such stream" and "no such plane" are one status; only the first may still change, and has an exit code of its own.
static bool is_listed(const char *stream)
{
    tachy_listing *listing = NULL;
    if (tachy_listing_create(&listing) != TACHY_OK)
        return false;
    bool found = false;
    const tachy_info *info;
    for (size_t i = 0; !found && (info = tachy_listing_at(listing, i)) != NULL; i++)
        found = strcmp(info->name, stream) == 0;
    tachy_listing_destroy(&listing);
    return found;
}

int attach_patiently(const tachy_stream_params *params, int64_t patience_ns, bool outwait_dead,
                     tachy_stream **stream)
{
    const int64_t moment_ns = 50 * (int64_t)NS_PER_MS; // how soon Ctrl-C is noticed
    int64_t deadline_ns = clock_deadline_ns(patience_ns);
    for (;;) {
        tachy_status status = tachy_stream_attach(params, moment_ns, stream);
        if (status == TACHY_OK)
            return OUTCOME_OK;
        if (stop_signal() != 0)
            return OUTCOME_SIGNAL + stop_signal();
        bool not_yet = status == TACHY_NOT_FOUND || status == TACHY_TIMED_OUT;
        bool outwaited = outwait_dead && status == TACHY_GONE;
        if (outwaited)
            nanosleep(&(struct timespec){.tv_nsec = moment_ns / 10}, NULL);
        if ((not_yet || outwaited) && clock_now_ns() < deadline_ns)
            continue;
        int outcome = outcome_of(status);
        return status == TACHY_NOT_FOUND && is_listed(params->name) ? OUTCOME_ERROR : outcome;
    }
}
