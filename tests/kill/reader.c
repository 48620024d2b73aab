// The readers of a world: each frame's bytes are looked at twice, 1 ms apart, while it is held.
#include <stdio.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "tests/kill/actor.h"
#include "tests/kill/pattern.h"

enum {
    BETWEEN_LOOKS_US = 1000,
    SLICE_NS = 100000000,
    LEAVE_ONE_IN = 8,
    IDENTITIES_ONE_IN = 4,
    GREEDY_FRAMES = 40
};

static const struct {
    tachy_reading reading;
    uint32_t held_max;
    bool copying;
} ways[] = {
    [ROLE_NEWEST] = {TACHY_NEWEST, 1, false},     [ROLE_EVERY] = {TACHY_EVERY, 1, false},
    [ROLE_LOSSLESS] = {TACHY_LOSSLESS, 2, false}, [ROLE_COPYING] = {TACHY_NEWEST, 2, true},
    [ROLE_WITNESS] = {TACHY_EVERY, 1, false},
};

/// A frame that is held, and the seed of whoever wrote it: one that is followed may be dead.
struct held {
    tachy_frame *frame;
    uint64_t seed;
};

struct visit {
    struct account *account;
    tachy_stream *stream;
    uint64_t epoch, seed, last;
    bool follow;
    int64_t heard_ns; ///< when the last frame came
    bool lossless;    ///< and not demoted
    bool tight;
    uint32_t held_max, held;
    struct held frames[KILL_GREEDY];
};

static bool may_pass(tachy_status status)
{
    return status == TACHY_NOT_FOUND || status == TACHY_TIMED_OUT || status == TACHY_GONE ||
           status == TACHY_FULL; // a dead reader's reservation, until its memory is torn down
}

static void learn_writer(struct visit *visit)
{
    const tachy_info *info = NULL;
    if (tachy_stream_info(visit->stream, &info) != TACHY_OK)
        actor_complain(visit->account, "info: %s", tachy_error());
    visit->epoch = info->epoch;
    visit->seed = info->seed;
}

static void attach(const struct page *page, const tachy_stream_params *how, struct visit *visit)
{
    tachy_stream_params params = *how;
    params.size = sizeof params;
    params.name = page->stream;
    int64_t deadline = actor_now_ns() + ACTOR_HANG_NS;
    tachy_status status;
    while (may_pass(status = tachy_stream_attach(&params, SLICE_NS, &visit->stream)) &&
           actor_now_ns() < deadline)
        ;
    if (status != TACHY_OK)
        actor_complain(visit->account, "attach: %s", tachy_error());
    learn_writer(visit);
    visit->follow = how->follow;
    visit->heard_ns = actor_now_ns();
    visit->lossless = how->reading == TACHY_LOSSLESS;
    visit->held_max = how->held_max;
    visit->tight = page->tight;
}

static void look(const struct visit *visit, const struct held *held)
{
    char why[160];
    if (!pattern_check(held->frame, held->seed, why, sizeof why))
        actor_complain(visit->account, "%s", why);
}

static void look_at_identities(const struct visit *visit, const tachy_frame *frame)
{
    char why[160];
    if (tachy_frame_sequence(frame) % IDENTITIES_ONE_IN == 0 &&
        !pattern_check_identities(frame, visit->seed, why, sizeof why))
        actor_complain(visit->account, "%s", why);
}

static void release_oldest(struct visit *visit)
{
    tachy_frame_release(&visit->frames[0].frame);
    for (uint32_t i = 1; i < visit->held; i++)
        visit->frames[i - 1] = visit->frames[i];
    visit->held--;
}

static void receive(struct visit *visit, tachy_frame *frame)
{
    uint64_t sequence = tachy_frame_sequence(frame);
    if (sequence <= visit->last)
        actor_complain(visit->account, "frame %llu came after %llu", (unsigned long long)sequence,
                       (unsigned long long)visit->last);
    if (visit->lossless && visit->last != 0 && sequence != visit->last + 1)
        actor_complain(visit->account, "lossless: frame %llu came after %llu",
                       (unsigned long long)sequence, (unsigned long long)visit->last);
    visit->last = sequence;
    visit->heard_ns = actor_now_ns();
    visit->frames[visit->held] = (struct held){frame, visit->seed};
    look(visit, &visit->frames[visit->held++]);
    look_at_identities(visit, frame);
    if (!visit->tight)
        actor_pause_us(BETWEEN_LOOKS_US);
    for (uint32_t i = 0; i < visit->held; i++)
        look(visit, &visit->frames[i]);
    visit->account->frames++;
}

// Frames of other sizes come next, or those of the next writer.
static void learn_change(struct visit *visit)
{
    uint64_t epoch = visit->epoch;
    learn_writer(visit);
    if (visit->epoch == epoch) {
        visit->account->changes++;
        return;
    }
    if (!visit->follow)
        actor_complain(visit->account, "another writer's frames, which nobody asked for");
    visit->account->followed++;
    visit->last = 0;
}

// False: the stream has ended.
static bool take(struct visit *visit)
{
    tachy_frame *frame = NULL;
    tachy_status status = tachy_stream_next(visit->stream, SLICE_NS, &frame);
    if (status == TACHY_OK) {
        receive(visit, frame);
        return true;
    }
    if ((status == TACHY_GONE || status == TACHY_CLOSED) && !visit->follow) {
        visit->account->ends++;
        return false;
    }
    if (status == TACHY_DEMOTED && visit->lossless)
        visit->lossless = false;
    else if (status == TACHY_CHANGED)
        learn_change(visit);
    else if (status != TACHY_TIMED_OUT && !(status == TACHY_FULL && visit->follow))
        actor_complain(visit->account, "next: %s", tachy_error());
    if (actor_now_ns() - visit->heard_ns > ACTOR_HANG_NS)
        actor_complain(visit->account, "neither a frame nor an end for a minute, after frame %llu",
                       (unsigned long long)visit->last);
    return true;
}

static void leave(struct visit *visit)
{
    while (visit->held > 1)
        release_oldest(visit);
    tachy_stream_detach(&visit->stream);
    if (visit->held == 1) { // a frame outlives its stream
        look(visit, &visit->frames[0]);
        release_oldest(visit);
    }
}

_Noreturn void actor_read(struct page *page, struct account *account, enum role role, uint64_t seed)
{
    uint64_t series = seed;
    tachy_stream_params how = {.reading = ways[role].reading,
                               .held_max = ways[role].held_max,
                               .copying = ways[role].copying};
    for (;;) {
        how.follow = actor_random(&series) % 2 == 0;
        struct visit visit = {.account = account};
        attach(page, &how, &visit);
        while (take(&visit) && actor_random(&series) % LEAVE_ONE_IN != 0)
            if (visit.held == visit.held_max)
                release_oldest(&visit);
        leave(&visit);
    }
}

_Noreturn void actor_hold_all(struct page *page, struct account *account)
{
    struct visit visit = {.account = account};
    attach(page, &(tachy_stream_params){.reading = TACHY_EVERY, .held_max = KILL_GREEDY}, &visit);
    for (int i = 0; i < GREEDY_FRAMES; i++) {
        if (visit.held == KILL_GREEDY)
            release_oldest(&visit);
        if (!take(&visit))
            actor_complain(account, "the writer ended, which nobody killed");
    }
    leave(&visit);
    _exit(0);
}
