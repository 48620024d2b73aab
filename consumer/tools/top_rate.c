// Frames per second of readers, between two looks at a listing.
#include "consumer/tools/top_rate.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"

struct rate_sample {
    uint64_t epoch, received;
    uint32_t pid;
    char name[64];
    bool taken; ///< by a reader of the look that follows: two may have one name and process
};

void rates_begin(struct rates *rates)
{
    struct rate_sample *old = rates->before;
    rates->before = rates->now;
    rates->before_count = rates->now_count;
    rates->before_ns = rates->now_ns;
    rates->now = old;
    rates->now_count = 0;
    rates->now_ns = clock_now_ns();
}

static bool make_room(struct rates *rates)
{
    if (rates->now != NULL && rates->now_count < rates->room)
        return true;
    size_t room = rates->room < 16 ? 16 : rates->room * 2;
    struct rate_sample *now = realloc(rates->now, room * sizeof *now);
    if (now != NULL)
        rates->now = now;
    struct rate_sample *before = now == NULL ? NULL : realloc(rates->before, room * sizeof *before);
    if (before == NULL)
        return false;
    rates->before = before;
    rates->room = room;
    return true;
}

static struct rate_sample *find(const struct rates *rates, const struct rate_sample *sample)
{
    for (size_t i = 0; i < rates->before_count; i++) {
        struct rate_sample *before = &rates->before[i];
        if (!before->taken && before->epoch == sample->epoch && before->pid == sample->pid &&
            before->received <= sample->received && strcmp(before->name, sample->name) == 0)
            return before;
    }
    return NULL;
}

double rates_take(struct rates *rates, const tachy_info *info, const tachy_reader_info *reader)
{
    if (!make_room(rates))
        return -1;
    struct rate_sample *sample = &rates->now[rates->now_count++];
    *sample = (struct rate_sample){
        .epoch = info->epoch, .received = reader->stats.received, .pid = reader->pid};
    memccpy(sample->name, reader->name, 0, sizeof sample->name - 1);
    struct rate_sample *before = find(rates, sample);
    int64_t elapsed_ns = rates->now_ns - rates->before_ns;
    if (before == NULL || elapsed_ns <= 0)
        return -1;
    before->taken = true;
    return (double)(sample->received - before->received) * NS_PER_S / (double)elapsed_ns;
}

void rates_finish(struct rates *rates)
{
    free(rates->before);
    free(rates->now);
    *rates = (struct rates){0};
}
