// Mutants, made from the sites of the source: nobody keeps a list of them.
#include "tests/model/mutants.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/model/kernel.h"

enum { WITHOUT_RELEASE = 1, WITHOUT_ACQUIRE };

/// What no program can tell, and why.
static const struct {
    const char *function, *what;
    enum site_kind kind;
    const char *why;
    unsigned which; ///< of several such in the function; 0: all
    unsigned part;  ///< of acq_rel; 0: each
} excuses[] = {
    {"pool_publish", "&control->slots[slot].sequence", SITE_STORE,
     "head's release carries it too; without both is a mutant of its own"},
    {"pool_publish", "&control->head", SITE_STORE,
     "slot.sequence's release carries it too; without both is a mutant of its own"},
    {"pool_publish", "&control->table[sequence % RING_SLOTS_MAX]", SITE_STORE,
     "head's release carries it"},
    {"slot_of", "&reader->control->table[sequence % RING_SLOTS_MAX]", SITE_LOAD,
     "slot.sequence decides, and is acquired"},
    {"pin", "&reader->control->slots[slot].sequence", SITE_LOAD,
     "head's acquire brought it, and the fence before it acquires"},
    {"read_number", "&at->sequence", SITE_LOAD, "head's acquire brought the descriptor"},
    {"reader_find", "&reader->control->slots[found->slot].sequence", SITE_LOAD,
     "head's acquire brought the frame"},
    {"pool_close", "&pool->control->state", SITE_STORE,
     "the fence of the last publish releases head"},
    {"pool_demote", "&pool->control->demoted[pool->holds_up]", SITE_STORE,
     "the BUSY that takes a frame away is released after it"},
    {"claim_once", "sequence", SITE_STORE, "put back after the claim's fence, which releases", 2},
    {"pool_unclaim", "&pool->control->slots[slot].sequence", SITE_STORE,
     "put back after the claim's fence, which releases"},
    {"pool_wait", "&registry->producer_word", SITE_LOAD, "the fence after it acquires"},
    {"registry_ring", "&registry->producer_word", SITE_CHANGE, "the fence before it releases"},
    {"registry_forgo", "&registry->lossless", SITE_CHANGE, "it carries nothing"},
    {"registry_join", "&registry->map->lossless", SITE_CHANGE,
     "a claim that sees less than it carries precedes the attach's fence: all that it frees is "
     "older"},
    {"is_waited_for", "&reader->state", SITE_LOAD,
     "a claim that sees less than it carries precedes the attach's fence: all that it frees is "
     "older"},
    {"load_state", "&block->state", SITE_LOAD,
     "the lock or a fence orders what relies on it; planes wanted are late by a frame at most"},
    {"heed_lossless", "&pool->registry->lossless", SITE_LOAD,
     "a claim that sees less than it carries precedes the attach's fence: all that it frees is "
     "older"},
    {"heed_lossless", "&pool->registry->readers[i].cursor", SITE_LOAD,
     "the fence of the pin comes before"},
    {"move_cursor", "&reader->block->cursor", SITE_STORE, "the fence of the pin comes before"},
    {"warm", "&reader->block->cursor", SITE_STORE, "the fence of the pin comes before"},
    {"unpin", "&reader->block->cells[cell]", SITE_STORE, "the fence of the pin comes before"},
    {.function = "reader_drop",
     .what = "&reader->references",
     .kind = SITE_CHANGE,
     .why = "the fence of releasing releases",
     .part = WITHOUT_RELEASE},
    {"doze", "&reader->registry->wait_mask", SITE_CHANGE,
     "it carries nothing: the fence after it counts"},
    {"doze", "&control->bell", SITE_LOAD,
     "breaks only where a read-modify-write is delayed past a later one, which no view has"},
    {"wake", "&pool->control->bell", SITE_CHANGE,
     "breaks only where a read-modify-write is delayed past a later one, which no view has"},
    {"is_changed", "word", SITE_LOAD, "it decides only whether to sleep"},
    {"fill_block", "first_cursor", SITE_CHECK,
     "no_cursor stands in; without both is a mutant of its own"},
    {"heed_lossless", "no_cursor", SITE_CHECK,
     "first_cursor stands in; without both is a mutant of its own"},
};

/// Two that stand in for each other: without both, somebody must fail.
static const struct {
    const char *name;
    struct {
        const char *function, *what;
    } sites[2];
} pairs[] = {
    {"a live reader's cursor is 0, and cursor - 1 wraps",
     {{"fill_block", "first_cursor"}, {"heed_lossless", "no_cursor"}}},
    {"a publish releases neither slot.sequence nor head",
     {{"pool_publish", "&control->slots[slot].sequence"}, {"pool_publish", "&control->head"}}},
};

/// Mutants without a site of their own, counted after the others: the pairs, and the word that readers sleep by.
enum { PAIRS = sizeof pairs / sizeof *pairs, OTHERS = PAIRS + 1 };

// What is left of the site's order, in steps: 0 = all of it. Both halves of acq_rel go on their own.
static unsigned count_of(const struct site *site)
{
    if (site->kind == SITE_CHECK || site->kind == SITE_FENCE)
        return 1;
    if (site->order == memory_order_acq_rel)
        return 2;
    return site->order == memory_order_relaxed ? 0 : 1;
}

size_t mutant_count(void)
{
    size_t count = OTHERS;
    for (size_t i = 0; i < site_count(); i++)
        count += count_of(site_at(i));
    return count;
}

static struct site *find(size_t index, unsigned *part)
{
    for (size_t i = 0; i < site_count(); i++) {
        unsigned count = count_of(site_at(i));
        if (index < count) {
            *part = (unsigned)index;
            return site_at(i);
        }
        index -= count;
    }
    return NULL;
}

static struct site *find_site(const char *function, const char *what)
{
    for (size_t i = 0; i < site_count(); i++)
        if (strcmp(site_at(i)->function, function) == 0 && strcmp(site_at(i)->what, what) == 0)
            return site_at(i);
    fprintf(stderr, "the model: no site %s %s\n", function, what);
    abort();
}

static void weaken(struct site *site, unsigned part)
{
    site->removed = site->kind == SITE_CHECK || site->kind == SITE_FENCE;
    if (site->removed)
        return;
    bool half = site->order == memory_order_acq_rel;
    site->order = !half                         ? memory_order_relaxed
                  : part + 1 == WITHOUT_RELEASE ? memory_order_acquire
                                                : memory_order_release;
}

static const char *describe(const struct site *site, unsigned part)
{
    if (site->kind == SITE_CHECK)
        return "without the check";
    if (site->kind == SITE_FENCE)
        return "without the fence";
    if (site->order == memory_order_acq_rel)
        return part + 1 == WITHOUT_RELEASE ? "without release" : "without acquire";
    return "relaxed";
}

static void apply_other(size_t index, char name[MUTANT_NAME_BYTES])
{
    if (index == PAIRS) {
        kernel_waits_on_head = true;
        snprintf(name, MUTANT_NAME_BYTES, "readers sleep by head, not by the bell");
        return;
    }
    for (int i = 0; i < 2; i++)
        weaken(find_site(pairs[index].sites[i].function, pairs[index].sites[i].what), 0);
    snprintf(name, MUTANT_NAME_BYTES, "%s", pairs[index].name);
}

void mutant_apply(size_t index, char name[MUTANT_NAME_BYTES], struct site **site)
{
    unsigned part;
    *site = find(index, &part);
    if (*site == NULL) {
        apply_other(index + OTHERS - mutant_count(), name);
        return;
    }
    snprintf(name, MUTANT_NAME_BYTES, "%s: %s %s", site_name(*site), (*site)->what,
             describe(*site, part));
    weaken(*site, part);
}

static bool is_alike(const struct site *a, const struct site *b)
{
    return a->kind == b->kind && strcmp(a->function, b->function) == 0 &&
           strcmp(a->what, b->what) == 0;
}

// The first of a function's sites that look the same is 1.
static unsigned number_of(const struct site *site)
{
    unsigned number = 1;
    for (size_t i = 0; i < site_count(); i++)
        number += is_alike(site_at(i), site) && site_at(i)->line < site->line;
    return number;
}

const char *mutant_excuse(size_t index)
{
    unsigned part;
    const struct site *site = find(index, &part);
    for (size_t i = 0; site != NULL && i < sizeof excuses / sizeof *excuses; i++)
        if (site->kind == excuses[i].kind && strcmp(site->function, excuses[i].function) == 0 &&
            strcmp(site->what, excuses[i].what) == 0 &&
            (excuses[i].part == 0 || excuses[i].part == part + 1) &&
            (excuses[i].which == 0 || excuses[i].which == number_of(site)))
            return excuses[i].why;
    return NULL;
}
