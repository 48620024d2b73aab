// Memory as C11 has it: the values of each place in modification order, and the views of the threads.
#include "tests/model/memory.h"

#include <stdatomic.h>
#include <string.h>

#include "tests/model/explore.h"

enum {
    STEP = 32, ///< between positions, so that a store may come between two others
    VIEWS_MAX = 4096,
};

struct message {
    uint64_t value, hash;
    int16_t position;
    bool attached; ///< of a read-modify-write: nothing comes between it and the one before
    const struct view *view;
};

struct place {
    const volatile void *address;
    size_t bytes;
    uint32_t users, writers;             ///< bit = thread, over all executions
    uint32_t known_users, known_writers; ///< up to when that was settled
    unsigned count;
    int16_t reads[MEMORY_THREADS]; ///< plain data: how often each thread read it
    unsigned read_marks;           ///< the place behind which `reads` are positions; 0 = none
};

enum { BUCKETS = 1024 };

static struct {
    const volatile void *address;
    unsigned place;
} known[BUCKETS];
static struct place places[PLACES_MAX];
static unsigned place_count = 1; // 0 is no place
static struct message messages[PLACES_MAX][MESSAGES_MAX];
static struct view views[VIEWS_MAX]; ///< of messages
static unsigned view_count;
static const struct view nothing; ///< what the first value of each place carries
static struct memory_thread threads[MEMORY_THREADS];
static struct view fences;
static uint64_t messages_hash;

void view_join(struct view *view, const struct view *other)
{
    for (int i = 0; i < PLACES_MAX; i++)
        view->at[i] = view->at[i] > other->at[i] ? view->at[i] : other->at[i];
}

// In four lanes, since it is most of what an execution costs.
uint64_t view_hash(const struct view *view)
{
    enum { LANES = 4, WORDS = sizeof *view / 8 };
    uint64_t words[WORDS], lanes[LANES] = {1, 2, 3, 4}, hash = 0;
    memcpy(words, view, sizeof words);
    for (int i = 0; i < WORDS; i += LANES)
        for (int j = 0; j < LANES; j++) {
            lanes[j] = (lanes[j] ^ words[i + j]) * 0xff51afd7ed558ccd;
            lanes[j] ^= lanes[j] >> 32;
        }
    for (int j = 0; j < LANES; j++)
        hash = (hash ^ lanes[j]) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 31;
}

static uint64_t value_at(const volatile void *address, size_t bytes)
{
    uint64_t value = 0;
    memcpy(&value, (const void *)address, bytes); // little-endian, as the product's layout says
    return value;
}

static void start_place(struct place *place)
{
    struct message *first = messages[place - places];
    *first = (struct message){
        .value = place->address == NULL ? 0 : value_at(place->address, place->bytes),
        .view = &nothing};
    place->count = 1;
    memset(place->reads, 0, sizeof place->reads);
}

void memory_forget(void)
{
    memset(known, 0, sizeof known);
    memset(places, 0, sizeof places);
    place_count = 1;
}

void memory_reset(void)
{
    for (unsigned i = 1; i < place_count; i++)
        start_place(&places[i]);
    memset(threads, 0, sizeof threads);
    memset(&fences, 0, sizeof fences);
    messages_hash = 0;
    view_count = 0;
}

struct memory_thread *memory_thread(unsigned thread)
{
    return &threads[thread];
}

static unsigned add_place(const volatile void *address, size_t bytes)
{
    if (place_count == PLACES_MAX)
        explore_give_up("more places than the model has room for");
    places[place_count] = (struct place){.address = address, .bytes = bytes};
    start_place(&places[place_count]);
    return place_count++;
}

unsigned memory_place(const volatile void *address, size_t bytes)
{
    size_t at = ((uintptr_t)address >> 2) * 0x9e3779b1 % BUCKETS;
    while (known[at].address != NULL && known[at].address != address)
        at = (at + 1) % BUCKETS;
    if (known[at].address == NULL) {
        known[at].place = add_place(address, bytes);
        known[at].address = address;
    }
    return known[at].place;
}

void memory_settle(void)
{
    for (unsigned i = 1; i < place_count; i++) {
        places[i].known_users = places[i].users;
        places[i].known_writers = places[i].writers;
    }
}

bool memory_is_written_by_others(unsigned place, unsigned thread)
{
    return (places[place].known_writers & ~(1U << thread)) != 0;
}

bool memory_is_used_by_others(unsigned place, unsigned thread)
{
    return (places[place].known_users & ~(1U << thread)) != 0;
}

static bool acquires(int order)
{
    return order == memory_order_acquire || order == memory_order_acq_rel ||
           order == memory_order_seq_cst;
}

static bool releases(int order)
{
    return order == memory_order_release || order == memory_order_acq_rel ||
           order == memory_order_seq_cst;
}

// Which of the values from the newest back to what the thread knows it gets: an index of messages.
static unsigned pick(unsigned thread, const struct place *place)
{
    const struct message *all = messages[place - places];
    int16_t from = threads[thread].now.at[place - places];
    unsigned oldest = place->count - 1;
    while (oldest > 0 && all[oldest].position > from)
        oldest--;
    return place->count - 1 - explore_choose(CHOOSE_OLD, place->count - oldest);
}

static void learn(unsigned thread, unsigned place, const struct message *message, bool acquire)
{
    struct memory_thread *at = &threads[thread];
    if (at->now.at[place] < message->position)
        at->now.at[place] = message->position;
    if (message->view != &nothing)
        view_join(&at->acquirable, message->view);
    if (at->acquirable.at[place] < message->position)
        at->acquirable.at[place] = message->position;
    if (acquire && message->view != &nothing)
        view_join(&at->now, message->view);
}

uint64_t memory_load(unsigned thread, unsigned place, int order)
{
    places[place].users |= 1U << thread;
    const struct message *message = &messages[place][pick(thread, &places[place])];
    learn(thread, place, message, acquires(order));
    return message->value;
}

static void hash_message(unsigned place, struct message *message)
{
    uint64_t hash = view_hash(message->view) ^ message->value * 0x9e3779b97f4a7c15;
    hash += (uint64_t)place << 32 | (uint16_t)message->position | (uint64_t)message->attached << 20;
    hash *= 0xc4ceb9fe1a85ec53;
    message->hash = hash ^ hash >> 29;
    messages_hash += message->hash;
}

// A new value right behind messages[place][before]. `carried`: what it brings along besides what the thread's stores carry.
static void put(unsigned thread, unsigned place, unsigned before, int order, uint64_t value,
                const struct message *changed)
{
    struct place *at = &places[place];
    if (at->count == MESSAGES_MAX || view_count == VIEWS_MAX)
        explore_abandon();
    struct message *all = messages[place];
    int16_t position = (int16_t)(all[before].position + STEP);
    if (before + 1 < at->count) {
        position = (int16_t)((all[before].position + all[before + 1].position) / 2);
        if (position == all[before].position)
            explore_abandon();
        memmove(&all[before + 2], &all[before + 1], (at->count - before - 1) * sizeof *all);
    }
    at->count++;
    at->users |= 1U << thread;
    at->writers |= 1U << thread;
    struct memory_thread *who = &threads[thread];
    who->now.at[place] = position;
    if (who->acquirable.at[place] < position)
        who->acquirable.at[place] = position;
    struct message *message = &all[before + 1];
    message->value = value;
    message->position = position;
    message->attached = changed != NULL;
    struct view *view = &views[view_count++];
    *view = releases(order) ? who->now : who->released;
    view->at[place] = position;
    if (changed != NULL && changed->view != &nothing)
        view_join(view, changed->view);
    message->view = view;
    hash_message(place, message);
}

// Behind which value a new one may come: any that the thread has not seen overtaken, and that nothing is attached to.
static unsigned pick_gap(unsigned thread, unsigned place)
{
    const struct message *all = messages[place];
    int16_t from = threads[thread].now.at[place];
    unsigned gaps[MESSAGES_MAX], count = 0;
    for (unsigned i = places[place].count; i-- > 0;) {
        if (i + 1 == places[place].count || !all[i + 1].attached)
            gaps[count++] = i;
        if (all[i].position <= from)
            break;
    }
    return gaps[explore_choose(CHOOSE_GAP, count)];
}

void memory_store(unsigned thread, unsigned place, int order, uint64_t value)
{
    put(thread, place, pick_gap(thread, place), order, value, NULL);
}

uint64_t memory_changed(uint64_t value, enum change change, uint64_t operand, size_t bytes)
{
    switch (change) {
    case CHANGE_ADD:
        value += operand;
        break;
    case CHANGE_OR:
        value |= operand;
        break;
    case CHANGE_AND:
        value &= operand;
        break;
    default:
        value = operand;
    }
    return bytes == 8 ? value : value & UINT32_MAX;
}

uint64_t memory_change(unsigned thread, unsigned place, int order, enum change change,
                       uint64_t operand)
{
    unsigned before = pick_gap(thread, place);
    const struct message old = messages[place][before];
    learn(thread, place, &old, acquires(order));
    put(thread, place, before, order,
        memory_changed(old.value, change, operand, places[place].bytes), &old);
    return old.value;
}

void memory_fence(unsigned thread, int order)
{
    struct memory_thread *at = &threads[thread];
    if (acquires(order))
        at->now = at->acquirable;
    if (order == memory_order_seq_cst) {
        view_join(&at->now, &fences);
        at->acquirable = fences = at->now;
    }
    if (releases(order))
        at->released = at->now;
}

uint64_t memory_latest(unsigned place)
{
    return messages[place][places[place].count - 1].value;
}

bool memory_knows_latest(unsigned thread, unsigned place)
{
    return messages[place][places[place].count - 1].position == threads[thread].now.at[place];
}

// Where the reads of a place of plain data are counted, as positions that views carry: one more place per thread.
static unsigned read_mark(struct place *place, unsigned thread)
{
    if (place->read_marks == 0) {
        place->read_marks = add_place(NULL, 0);
        for (int i = 1; i < MEMORY_THREADS; i++)
            add_place(NULL, 0);
    }
    return place->read_marks + thread;
}

void memory_write_plain(unsigned thread, unsigned place, uint64_t value, const char **why)
{
    struct place *at = &places[place];
    *why = NULL;
    for (unsigned i = 0; i < MEMORY_THREADS; i++)
        if (i != thread && at->reads[i] > threads[thread].now.at[read_mark(at, i)])
            *why = "plain data is overwritten, and a read of it does not happen before";
    if (messages[place][at->count - 1].position != threads[thread].now.at[place])
        *why = "plain data is overwritten, and a write of it does not happen before";
    put(thread, place, at->count - 1, memory_order_relaxed, value, NULL);
}

uint64_t memory_read_plain(unsigned thread, unsigned place, const char **why)
{
    struct place *at = &places[place];
    at->users |= 1U << thread;
    *why = messages[place][at->count - 1].position == threads[thread].now.at[place]
               ? NULL
               : "plain data is read, and a write of it does not happen before";
    unsigned mark = read_mark(at, thread);
    threads[thread].now.at[mark] = ++at->reads[thread];
    threads[thread].acquirable.at[mark] = at->reads[thread];
    return memory_latest(place);
}

uint64_t memory_read_racing(unsigned thread, unsigned place)
{
    return memory_load(thread, place, memory_order_relaxed);
}

uint64_t memory_hash(void)
{
    uint64_t hash = messages_hash + view_hash(&fences);
    for (unsigned i = 0; i < MEMORY_THREADS; i++) {
        const struct view *parts[] = {&threads[i].now, &threads[i].acquirable,
                                      &threads[i].released};
        for (unsigned j = 0; j < 3; j++) {
            hash = (hash ^ view_hash(parts[j])) * 0x9e3779b97f4a7c15;
            hash ^= hash >> 31;
        }
    }
    return hash;
}
