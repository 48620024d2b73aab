// Acts out the scripts of a scenario: the producer's and the helper's.
#include "tests/model/play.h"

#include <string.h>

#include "tests/model/explore.h"
#include "tests/model/memory.h"
#include "tests/model/schedule.h"
#include "tests/model/trace.h"
#include "tests/model/world.h"

struct drafts {
    tachy_draft *out[4];
    uint64_t tags[4];
    unsigned count;
};

// The slot's words are written as the frame's bytes are: by plain stores.
static void fill(uint32_t slot, uint64_t tag)
{
    for (int i = 0; i < WORLD_WORDS; i++) {
        const char *why;
        uint64_t *word = &world.slots[slot][i];
        schedule_step(memory_is_used_by_others(memory_place(word, sizeof *word), 0), true);
        memory_write_plain(0, memory_place(word, sizeof *word), tag, &why);
        if (why != NULL)
            explore_fail("%s (slot %u)", why, slot);
    }
    trace_line("producer  fills slot %u with %llu", slot, (unsigned long long)tag);
}

static void claim(struct drafts *drafts)
{
    tachy_draft *draft;
    tachy_status status = tachy_writer_claim(&world.writer, INT64_MAX, &draft);
    judge_claim(status);
    if (status != TACHY_OK)
        return;
    uint64_t tag = ++world.judge.written;
    fill(draft->slot, tag);
    drafts->out[drafts->count] = draft;
    drafts->tags[drafts->count++] = tag;
}

static tachy_draft *remove_draft(struct drafts *drafts, unsigned index, uint64_t *tag)
{
    tachy_draft *draft = drafts->out[index];
    *tag = drafts->tags[index];
    drafts->count--;
    for (unsigned i = index; i < drafts->count; i++) {
        drafts->out[i] = drafts->out[i + 1];
        drafts->tags[i] = drafts->tags[i + 1];
    }
    return draft;
}

static void publish(struct drafts *drafts, unsigned index)
{
    if (drafts->count == 0)
        return; // no slot was free
    uint64_t tag;
    tachy_draft *draft = remove_draft(drafts, index, &tag);
    world.judge.tags[++world.judge.published] = tag;
    trace_line("producer  publishes frame %llu", (unsigned long long)world.judge.published);
    if (tachy_draft_publish(&draft) != TACHY_OK)
        explore_fail("a publish fails");
}

static void drop_draft(struct drafts *drafts)
{
    uint64_t tag;
    if (drafts->count == 0)
        return;
    tachy_draft *draft = remove_draft(drafts, 0, &tag);
    tachy_draft_abort(&draft);
}

// If a reader was killed, once its locks are free.
static void sweep(void)
{
    world.judge.swept = schedule_was_killed(1);
    if (world.judge.swept)
        kernel_wait_for_burial();
    struct registry registry = world_registry(0);
    registry_sweep(&registry, NULL);
}

// As for a slot that was found free by a registry which a peer damaged meanwhile.
static void unclaim(void)
{
    uint32_t slot;
    if (pool_claim(&world.writer.pool, &slot))
        pool_unclaim(&world.writer.pool, slot);
}

// Of a scenario whose readers change to generation 2.
static void ask_wanted(void)
{
    struct registry registry = world_registry(0);
    // Who asks for planes of another generation gets all of this one's.
    uint64_t wanted = registry_wanted(&registry, 2);
    if (wanted != 0 && (wanted & WORLD_PLANES) != WORLD_PLANES)
        explore_fail("planes that a reader wants are not drawn");
}

static void write_nonsense(volatile void *object, size_t bytes, uint64_t value)
{
    unsigned place = memory_place(object, bytes);
    schedule_step(true, true);
    memory_store(schedule_thread(), place, memory_order_release, value);
}

static void act(char letter, struct drafts *drafts)
{
    struct ring_control *control = world_control();
    uint64_t next = world.judge.published + 1;
    switch (letter) {
    case 'c':
        claim(drafts);
        break;
    case 'p':
        publish(drafts, 0);
        break;
    case 'P':
        publish(drafts, drafts->count - 1);
        break;
    case 'x':
        drop_draft(drafts);
        break;
    case 'm':
        schedule_pass(INT64_C(100) * WORLD_LATENESS_NS);
        break;
    case 's':
        sweep();
        break;
    case 'u':
        unclaim();
        break;
    case 'w':
        ask_wanted();
        break;
    case 'y':
        schedule_yield();
        break;
    case 'H':
        write_nonsense(&control->head, sizeof control->head,
                       next << RING_SLOT_BITS | (RING_SLOTS_MAX - 1));
        break;
    case 'T':
        write_nonsense(&control->table[next - 1], sizeof *control->table, RING_SLOTS_MAX - 1);
        break;
    case '.':
        pool_close(&world.writer.pool);
        break;
    default:
        explore_give_up("no such letter in a producer's script");
    }
}

void play_producer(void *unused)
{
    (void)unused;
    struct drafts drafts = {.count = 0};
    for (const char *at = world.scenario->producer; *at != 0; at++)
        act(*at, &drafts);
}

static void interrupt(void)
{
    const char *why;
    unsigned place = memory_place(&world.reason, sizeof world.reason);
    memory_write_plain(schedule_thread(), place, 1, &why);
    if (why != NULL)
        explore_fail("%s", why);
    reader_interrupt(&world.readers[0]);
}

static void watch(void)
{
    struct reader *reader = &world.readers[0];
    while (!reader_is_closed(reader->control)) {
        const char *why = NULL;
        unsigned place = memory_place(&world.reason, sizeof world.reason);
        uint32_t nudges = reader_nudges(reader);
        if (nudges != 0 && memory_read_plain(schedule_thread(), place, &why) != 1)
            why = "nudged, but what it is about is not there";
        if (why != NULL)
            explore_fail("%s", why);
        reader_watch(reader, reader_head(reader->control) + 1, nudges, INT64_MAX);
    }
}

static void use_handle(uint32_t cell)
{
    const char *why;
    const uint64_t *handle = &world.handles[0][cell];
    memory_read_plain(schedule_thread(), memory_place(handle, sizeof *handle), &why);
    if (why != NULL)
        explore_fail("helper: handle of cell %u: %s", cell, why);
}

static void rest(void)
{
    struct reader *reader = &world.readers[0];
    while (reader_nudges(reader) == 0)
        reader_rest(reader, 0, INT64_MAX);
}

void play_helper(void *unused)
{
    (void)unused;
    struct reader_pin pin;
    for (const char *at = world.scenario->helper; *at != 0; at++) {
        if (*at == 'i')
            interrupt();
        if (*at == 'w')
            watch();
        if (*at == 'z')
            rest();
        while (*at == 'R' && kernel_take(&pin)) {
            use_handle(pin.cell);
            judge_frame(0, &pin);
            reader_release(&world.readers[0], pin.cell);
            world_drop_reader(0);
        }
    }
}
