// What must hold of the ring.
#include "tests/model/judge.h"

#include "tests/model/explore.h"
#include "tests/model/memory.h"
#include "tests/model/schedule.h"
#include "tests/model/trace.h"
#include "tests/model/world.h"

static uint64_t count_demotions(void)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < world.scenario->blocks; i++)
        sum += memory_latest(memory_place(&world_control()->demoted[i], sizeof(uint32_t)));
    return sum;
}

static bool lives_lossless(void)
{
    for (unsigned i = 0; i < JUDGE_READERS; i++)
        if (world.scenario->readers[i].reading == TACHY_LOSSLESS &&
            world.scenario->readers[i].script != NULL &&
            !(schedule_was_killed((int)i + 1) && world.kernel.buried))
            return true;
    return false;
}

void judge_sleep(void)
{
    if (schedule_thread() == 0 && !world.scenario->waits)
        explore_fail("the producer waits for lossy readers");
    enum { SLEEPS_MOST = 3 }; // until the next sweep
    if (schedule_thread() == 0 && !lives_lossless() &&
        ++world.judge.sleeps_for_nobody > SLEEPS_MOST)
        explore_fail("the producer goes on waiting though no lossless reader lives");
}

void judge_woken(bool late)
{
    if (schedule_thread() != 0)
        return;
    world.judge.waited_in_vain = late && !world.scenario->early;
    world.judge.demotions = count_demotions();
}

void judge_lock(uint64_t byte)
{
    (void)byte;
    if (schedule_thread() == 0)
        world.judge.waited_in_vain = false; // the sweep helped
}

void judge_claim(tachy_status status)
{
    bool starves = world.scenario->starves || world.scenario->hostile;
    if (status != TACHY_OK && !starves)
        explore_fail("a claim fails with enough slots (status %d)", (int)status);
    if (world.judge.waited_in_vain && world.scenario->victim == VICTIM_NONE &&
        count_demotions() == world.judge.demotions)
        explore_fail("the producer slept until its timeout though a slot was free");
    world.judge.waited_in_vain = false;
}

void judge_attached(unsigned reader)
{
    world.judge.readers[reader].received = 0;
    world.judge.readers[reader].demoted = false;
    world.judge.readers[reader].first = world.readers[reader].cursor;
    world.judge.readers[reader].last = world.readers[reader].cursor - 1;
    world.judge.readers[reader].attached = true;
}

static void check_counts(unsigned reader, uint64_t until)
{
    const struct reader *at = &world.readers[reader];
    uint64_t first = world.judge.readers[reader].first;
    uint64_t sum = world.judge.readers[reader].received + at->skipped + at->lost;
    if (sum != until + 1 - first)
        explore_fail(
            "reader %u: received %llu + skipped %llu + lost %llu is not frames %llu to %llu",
            reader, (unsigned long long)world.judge.readers[reader].received,
            (unsigned long long)at->skipped, (unsigned long long)at->lost,
            (unsigned long long)first, (unsigned long long)until);
    if (world.scenario->readers[reader].reading == TACHY_LOSSLESS &&
        !world.judge.readers[reader].demoted && at->lost != 0)
        explore_fail("reader %u: a lossless reader lost a frame", reader);
}

void judge_taken(unsigned reader, const struct reader_pin *pin)
{
    if (pin->sequence == 0 || pin->sequence > world.judge.published)
        explore_fail("reader %u: frame %llu was never published", reader,
                     (unsigned long long)pin->sequence);
    if (pin->sequence <= world.judge.readers[reader].last)
        explore_fail("reader %u: frame %llu again", reader, (unsigned long long)pin->sequence);
    world.judge.readers[reader].last = pin->sequence;
    world.judge.readers[reader].received++;
    trace_line("%-9s has frame %llu", schedule_name(), (unsigned long long)pin->sequence);
    check_counts(reader, pin->sequence);
}

void judge_demoted(unsigned reader)
{
    if (world.judge.readers[reader].demoted)
        explore_fail("reader %u: demoted twice", reader);
    if (count_demotions() == 0)
        explore_fail("reader %u: told of a demotion that was none", reader);
    world.judge.readers[reader].demoted = true;
    check_counts(reader, world.judge.readers[reader].last);
}

void judge_ended(unsigned reader)
{
    uint64_t last = world.judge.readers[reader].last;
    bool cut = world.scenario->victim == VICTIM_PRODUCER; // in the midst of a publish
    if (last + cut < world.judge.published)
        explore_fail("reader %u: it ends after frame %llu, but there are %llu", reader,
                     (unsigned long long)last, (unsigned long long)world.judge.published);
    world.judge.readers[reader].ended = true;
}

static unsigned state_of(unsigned block)
{
    const struct ring_reader *at = &world_map()->readers[block];
    return (unsigned)memory_latest(memory_place(&at->state, sizeof at->state));
}

void judge_end(void)
{
    // The dead hold nothing once they are swept.
    for (unsigned i = 0; world.judge.swept && i < world.scenario->blocks; i++)
        if (world.kernel.owner[i] == 0 && state_of(i) != RING_READER_FREE)
            explore_fail("block %u is not free after the sweep", i);
}
