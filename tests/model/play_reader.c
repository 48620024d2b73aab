// Acts out a reader's script, and looks at what it is handed.
#include <string.h>

#include "tests/model/explore.h"
#include "tests/model/memory.h"
#include "tests/model/play.h"
#include "tests/model/schedule.h"
#include "tests/model/trace.h"
#include "tests/model/world.h"

static const int64_t dead_writer_ns = 50000000;

struct player {
    unsigned index;
    struct reader *reader;
    const struct scenario_reader *terms;
    struct reader_pin held[RING_CELLS_MAX];
    unsigned count;
    bool ended, nudged;
};

static void attach(struct player *player)
{
    struct registry registry = world_registry((int)player->index + 1);
    const struct registry_terms terms = {.reading = player->terms->reading,
                                         .held = player->terms->copying ? 0 : player->terms->held,
                                         .wanted = 1,
                                         .generation = 1,
                                         .reader_name = "r"};
    uint32_t index;
    if (registry_join(&registry, &terms, &index) != TACHY_OK) {
        if (!world.scenario->refuses)
            explore_fail("reader %u: an attach fails with enough room", player->index);
        player->ended = true;
        return;
    }
    world_start_reader(player->index, index);
    struct ring_descriptor newest;
    reader_peek(player->reader, &newest);
}

static void detach(struct player *player)
{
    reader_forgo(player->reader);
    world_drop_reader(player->index);
}

static void end(struct player *player)
{
    player->ended = true;
    judge_ended(player->index);
}

// A frame's handle is filled in before anybody else has it, and not used after its release.
static void fill_handle(const struct player *player, const struct reader_pin *pin)
{
    const char *why;
    const uint64_t *handle = &world.handles[player->index][pin->cell];
    memory_write_plain(schedule_thread(), memory_place(handle, sizeof *handle), pin->sequence,
                       &why);
    if (why != NULL)
        explore_fail("reader %u: handle of frame %llu: %s", player->index,
                     (unsigned long long)pin->sequence, why);
}

static void keep(struct player *player, const struct reader_pin *pin)
{
    fill_handle(player, pin);
    reader_retain(player->reader);
    reader_count_received(player->reader);
    judge_taken(player->index, pin);
    judge_frame(player->index, pin);
    player->held[player->count++] = *pin;
}

static void release(struct player *player)
{
    if (player->count == 0)
        return;
    judge_frame(player->index, &player->held[0]);
    reader_release(player->reader, player->held[0].cell);
    memmove(player->held, player->held + 1, --player->count * sizeof *player->held);
    world_drop_reader(player->index);
}

static void give(struct player *player)
{
    if (player->count == 0)
        return;
    kernel_give(&player->held[0]);
    memmove(player->held, player->held + 1, --player->count * sizeof *player->held);
}

// One try to copy. What is read may be torn; it counts if the frame was whole after it.
static tachy_status copy(struct player *player, struct reader_pin *pin)
{
    uint64_t words[WORLD_WORDS];
    tachy_status status = reader_find(player->reader, pin);
    if (status != TACHY_OK)
        return status;
    for (int i = 0; i < WORLD_WORDS; i++) {
        const uint64_t *word = &world.slots[pin->slot][i];
        unsigned place = memory_place(word, sizeof *word);
        schedule_step(memory_is_written_by_others(place, schedule_thread()), false);
        words[i] = memory_read_racing(schedule_thread(), place);
        schedule_note(words[i]);
        trace_line("%-9s copies %llu", schedule_name(), (unsigned long long)words[i]);
    }
    if (!reader_is_whole(player->reader, pin->slot, pin->sequence))
        return TACHY_EMPTY;
    for (int i = 0; i < WORLD_WORDS; i++)
        if (words[i] != world.judge.tags[pin->sequence])
            explore_fail("reader %u: the copy of frame %llu is torn", player->index,
                         (unsigned long long)pin->sequence);
    reader_took_copy(player->reader, pin);
    judge_taken(player->index, pin);
    reader_release(player->reader, pin->cell);
    return TACHY_OK;
}

static tachy_status seek(struct player *player, struct reader_pin *pin)
{
    uint64_t number = world.judge.readers[player->index].last + 1;
    tachy_status status = TACHY_NOT_FOUND;
    for (; status == TACHY_NOT_FOUND; number++)
        status = reader_seek(player->reader, number, pin);
    return status;
}

static tachy_status try_once(struct player *player, char letter)
{
    struct reader_pin pin;
    tachy_status status = letter == 'c'   ? copy(player, &pin)
                          : letter == 'k' ? seek(player, &pin)
                                          : reader_take(player->reader, &pin);
    if (status == TACHY_OK && letter != 'c')
        keep(player, &pin);
    return status;
}

static void check_interrupt(struct player *player)
{
    if (!reader_take_interrupt(player->reader))
        return;
    const char *why;
    uint64_t reason = memory_read_plain(schedule_thread(),
                                        memory_place(&world.reason, sizeof world.reason), &why);
    if (why != NULL || reason != 1)
        explore_fail("reader %u: interrupted, but what it is about is not there", player->index);
}

// As consumer/stream/next.c does: what was published before the end comes first.
static tachy_status end_or_sleep(struct player *player, char letter)
{
    bool may_die = world.scenario->victim == VICTIM_PRODUCER;
    if (reader_is_closed(player->reader->control) || (may_die && kernel_sees_dead_writer())) {
        tachy_status status = try_once(player, letter);
        if (status == TACHY_EMPTY)
            end(player);
        return status;
    }
    reader_sleep(player->reader, may_die ? dead_writer_ns : INT64_MAX);
    check_interrupt(player);
    return TACHY_EMPTY;
}

// As consumer/stream/fd.c does after each call.
static void nudge(struct player *player)
{
    const char *why = NULL;
    if (!player->nudged)
        memory_write_plain(schedule_thread(), memory_place(&world.reason, sizeof world.reason), 1,
                           &why);
    player->nudged = true;
    reader_nudge(player->reader);
}

static void take(struct player *player, char letter)
{
    while (!player->ended) {
        tachy_status status = try_once(player, letter);
        if (status == TACHY_EMPTY && letter != 'n')
            status = end_or_sleep(player, letter);
        if (status == TACHY_DEMOTED) {
            judge_demoted(player->index);
            continue;
        }
        if (status == TACHY_CORRUPT && world.scenario->hostile)
            player->ended = true;
        else if (status == TACHY_CORRUPT)
            explore_fail("reader %u: TACHY_CORRUPT", player->index);
        if (status != TACHY_EMPTY || letter == 'n')
            return;
    }
}

static void write_nonsense(const struct player *player)
{
    for (int i = 0; i < 2; i++) {
        _Atomic uint32_t *cell = &player->reader->block->cells[i];
        unsigned place = memory_place(cell, sizeof *cell);
        schedule_step(true, true);
        memory_store(schedule_thread(), place, memory_order_release, UINT32_MAX - i);
    }
}

static void act(struct player *player, char letter)
{
    switch (letter) {
    case 'a':
        attach(player);
        break;
    case 't':
    case 'n':
    case 'k':
    case 'c':
        take(player, letter);
        break;
    case 'l':
        for (unsigned i = 0; i < player->count; i++)
            judge_frame(player->index, &player->held[i]);
        break;
    case 'r':
        release(player);
        break;
    case 'g':
        give(player);
        break;
    case 'd':
        detach(player);
        break;
    case 'u':
        nudge(player);
        break;
    case 'v':
        reader_spin(player->reader);
        break;
    case 'W':
        registry_want(player->reader->block, WORLD_PLANES, 2);
        break;
    case 'h':
        write_nonsense(player);
        break;
    case 'y':
        schedule_yield();
        break;
    default:
        explore_give_up("no such letter in a reader's script");
    }
}

static bool is_attached(const struct player *player)
{
    return world.judge.readers[player->index].attached;
}

void play_reader(void *reader)
{
    unsigned index = *(const unsigned *)reader;
    struct player player = {
        .index = index, .reader = &world.readers[index], .terms = &world.scenario->readers[index]};
    const char *loop = NULL;
    for (const char *at = player.terms->script; *at != 0; at++) {
        if (*at == '(')
            loop = at;
        else if (*at == ')')
            at = player.ended ? at : loop;
        else if (*at == 'a' || is_attached(&player))
            act(&player, *at);
    }
    if (index == 0)
        kernel_end_giving();
}
