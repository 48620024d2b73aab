// Streams whose writers died.
#include <inttypes.h>
#include <tachy/read.h>

#include "consumer/tools/doctor/check.h"

void check_streams(struct check_result *result)
{
    tachy_listing *listing = NULL;
    const tachy_info *info;
    if (tachy_listing_create(&listing) != TACHY_OK) {
        check_see(result, false, "%s", tachy_error());
        return;
    }
    unsigned alive = 0, dead = 0;
    uint64_t bytes = 0;
    for (size_t i = 0; (info = tachy_listing_at(listing, i)) != NULL; i++) {
        alive += info->alive;
        dead += !info->alive;
        bytes += info->alive ? 0 : info->shared_bytes;
    }
    tachy_listing_destroy(&listing);
    check_see(result, dead == 0, "%u alive, %u dead", alive, dead);
    if (dead > 0)
        check_advise(result, "tachy clean frees the %.1f MB of the dead", (double)bytes / 1e6);
}
