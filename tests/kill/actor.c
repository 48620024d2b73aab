// What every process of a world needs, and its writer.
#include "tests/kill/actor.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "tests/kill/pattern.h"

_Noreturn void actor_complain(struct account *account, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(account->complaint, sizeof account->complaint, format, arguments);
    va_end(arguments);
    _exit(COMPLAINED);
}

uint64_t actor_random(uint64_t *series)
{
    uint64_t x = *series += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

void actor_pause_us(uint64_t us)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)us * 1000}, NULL);
}

int64_t actor_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static tachy_writer *create(const struct page *page, struct account *account, uint64_t seed)
{
    tachy_plane_params planes[2];
    pattern_resized(page->tight, planes);
    tachy_writer_params params = {.size = sizeof params,
                                  .name = page->stream,
                                  .planes = planes,
                                  .plane_count = 2,
                                  .readers_max = KILL_READERS,
                                  .held_max = KILL_HELD,
                                  .drafts_max = KILL_DRAFTS,
                                  .wake = page->wake,
                                  .seed = seed};
    tachy_writer *writer = NULL;
    int64_t deadline = actor_now_ns() + ACTOR_HANG_NS;
    tachy_status status;
    while ((status = tachy_writer_create(&params, &writer)) == TACHY_EXISTS &&
           actor_now_ns() < deadline) // its dead owner's memory is still being torn down
        ;
    if (status != TACHY_OK)
        actor_complain(account, "create: %s", tachy_error());
    return writer;
}

static tachy_draft *claim(tachy_writer *writer, struct account *account)
{
    tachy_draft *draft = NULL;
    tachy_status status = tachy_writer_claim(writer, ACTOR_HANG_NS, &draft);
    if (status == TACHY_EMPTY)
        actor_complain(account, "a slot is lost: no claim succeeds");
    if (status != TACHY_OK)
        actor_complain(account, "claim: %s", tachy_error());
    return draft;
}

// Readers go on in the next generation; its frames have other sizes. No draft is out.
static void resize(tachy_writer *writer, struct account *account, uint64_t size)
{
    tachy_plane_params planes[2];
    pattern_resized(size, planes);
    tachy_writer_params params = {.size = sizeof params, .planes = planes, .plane_count = 2};
    if (tachy_writer_resize(writer, &params) != TACHY_OK)
        actor_complain(account, "resize: %s", tachy_error());
}

// One or two drafts at a time, published in any order, one of them aborted now and then.
static uint64_t turn(tachy_writer *writer, struct account *account, uint64_t seed, uint64_t next,
                     uint64_t dice)
{
    tachy_draft *drafts[KILL_DRAFTS] = {claim(writer, account)};
    unsigned count = 1;
    if ((dice & 3) == 0)
        drafts[count++] = claim(writer, account);
    if ((dice >> 2 & 7) == 0)
        tachy_draft_abort(&drafts[0]);
    for (unsigned i = 0; i < count; i++) {
        unsigned which = (dice >> 5 & 1) != 0 ? count - 1 - i : i;
        if (drafts[which] == NULL)
            continue;
        pattern_fill(drafts[which], seed, next++);
        if (tachy_draft_publish(&drafts[which]) != TACHY_OK)
            actor_complain(account, "publish: %s", tachy_error());
        account->frames++;
    }
    return next;
}

_Noreturn void actor_write(struct page *page, struct account *account, uint64_t seed)
{
    uint64_t series = seed, next = 1;
    uint32_t rows = 0;
    tachy_writer *writer = create(page, account, seed);
    for (;;) {
        uint64_t dice = actor_random(&series);
        if (dice >> 61 == 0)
            resize(writer, account, dice >> 16);
        if ((dice >> 16 & 7) == 0 && pattern_add_identity(writer, seed, &rows) != TACHY_OK)
            actor_complain(account, "identity: %s", tachy_error());
        next = turn(writer, account, seed, next, dice);
        if (!page->tight && (dice >> 6 & 3) != 0)
            actor_pause_us(dice >> 8 & 255);
    }
}
