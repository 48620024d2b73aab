// The explorer: choices kept on a stack and counted up like digits, states that were seen, random walks.
#include "tests/model/explore.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 8192, STEPS_MAX = 6000, STATES_BITS = 21 };

static const bool costs[CHOICE_KINDS] = {
    [CHOOSE_SWITCH] = true, [CHOOSE_OLD] = true, [CHOOSE_GAP] = true};

/// A random walk's chances, in 1/256 per choice; walks take these rows in turn.
static const uint8_t chances[][CHOICE_KINDS] = {
    {12, 24, 24, 64, 128, 6},  {30, 10, 10, 128, 160, 6}, {4, 60, 60, 32, 128, 6},
    {60, 60, 60, 90, 170, 10}, {8, 4, 4, 160, 128, 3},    {20, 128, 128, 60, 128, 4},
};

struct choice {
    uint8_t taken, options;
    bool costs;
};

enum ending { RUNNING, SEEN, CUT, FAILED };

static struct {
    struct choice stack[DEPTH_MAX];
    unsigned depth, given; ///< choices kept, and made in this execution
    unsigned budget, budget_given;
    enum { BY_DIGITS, BY_CHANCE } way;
    bool tracing;
    const uint8_t *chances;
    uint64_t random, steps;
    const struct subject *subject;
    struct findings *findings;
    jmp_buf end;
} now;

static struct {
    uint64_t state;
    unsigned budget;
} * states;

static uint64_t draw(void)
{
    now.random ^= now.random << 13;
    now.random ^= now.random >> 7;
    now.random ^= now.random << 17;
    return now.random * 0x2545f4914f6cdd1d >> 32;
}

static void finish(enum ending ending) __attribute__((noreturn));
static void finish(enum ending ending)
{
    longjmp(now.end, ending);
}

void explore_abandon(void)
{
    finish(CUT);
}

void explore_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(now.findings->why, sizeof now.findings->why, format, arguments);
    va_end(arguments);
    finish(FAILED);
}

void explore_give_up(const char *why)
{
    fprintf(stderr, "the model: %s\n", why);
    abort();
}

void explore_count_step(void)
{
    now.findings->steps++;
    if (++now.steps > STEPS_MAX)
        explore_abandon();
}

bool explore_is_tracing(void)
{
    return now.tracing;
}

// Whether all that can come of this state with so many deviations left was explored, or will be.
static bool was_seen(uint64_t state, unsigned left)
{
    uint64_t at = state >> (64 - STATES_BITS);
    for (unsigned i = 0; i < 8; i++, at = (at + 1) & ((1U << STATES_BITS) - 1)) {
        if (states[at].state == state) {
            if (states[at].budget > left)
                return true;
            states[at].budget = left + 1;
            return false;
        }
        if (states[at].state == 0) {
            now.findings->states++;
            states[at].state = state;
            states[at].budget = left + 1;
            return false;
        }
    }
    return false; // no room: explored again
}

static void keep(unsigned taken, unsigned options, bool cost)
{
    if (now.depth == DEPTH_MAX)
        explore_abandon();
    now.stack[now.depth++] =
        (struct choice){.taken = (uint8_t)taken, .options = (uint8_t)options, .costs = cost};
    now.given = now.depth;
}

static unsigned choose_by_chance(enum choice_kind kind, unsigned options)
{
    unsigned taken = 0;
    if ((draw() & 255) < now.chances[kind])
        taken = 1 + (unsigned)(draw() % (options - 1));
    keep(taken, options, false);
    return taken;
}

// An execution that is played again must come to the same choices.
static unsigned choose_as_kept(unsigned options)
{
    const struct choice *choice = &now.stack[now.given++];
    if (choice->options != options && now.tracing)
        explore_abandon(); // a mutant that reads beyond its objects: what lies there changes
    if (choice->options != options)
        explore_give_up("an execution does not repeat");
    if (choice->costs && choice->taken != 0)
        now.budget--;
    return choice->taken;
}

static uint64_t mix(uint64_t state)
{
    state = (state ^ state >> 32) * 0xd6e8feb86659fd93;
    state = (state ^ state >> 32) * 0xd6e8feb86659fd93;
    return state == 0 ? 1 : state ^ state >> 32;
}

unsigned explore_choose(enum choice_kind kind, unsigned options)
{
    if (options < 2 || (now.way == BY_DIGITS && costs[kind] && now.budget == 0))
        return 0;
    if (now.given < now.depth)
        return choose_as_kept(options);
    if (now.tracing)
        return 0;
    if (now.way == BY_CHANCE)
        return choose_by_chance(kind, options);
    if (was_seen(mix(now.subject->state() + kind), now.budget))
        finish(SEEN);
    keep(0, options, costs[kind]);
    return 0;
}

static enum ending run_once(unsigned budget)
{
    now.given = 0;
    now.steps = 0;
    now.budget = now.budget_given = budget;
    int ending = setjmp(now.end);
    if (ending == RUNNING)
        now.subject->run(now.subject->context);
    if (ending == CUT)
        now.findings->cut++;
    return (enum ending)ending;
}

// The next execution in order; false: that was the last.
static bool count_up(void)
{
    while (now.depth > 0) {
        struct choice *last = &now.stack[now.depth - 1];
        if (last->taken + 1 < last->options) {
            last->taken++;
            return true;
        }
        now.depth--;
    }
    return false;
}

static bool walk_by_digits(const struct exploration *exploration)
{
    struct findings *findings = now.findings;
    memset(states, 0, sizeof *states << STATES_BITS);
    now.way = BY_DIGITS;
    now.depth = 0;
    do {
        if (findings->executions == exploration->executions_most)
            return false;
        findings->executions++;
        if (run_once(exploration->deviations) == FAILED)
            return true;
    } while (count_up());
    findings->complete = true;
    return false;
}

static bool walk_by_chance(const struct exploration *exploration)
{
    now.way = BY_CHANCE;
    for (uint64_t i = 0; i < exploration->random_most; i++) {
        now.findings->random++;
        now.subject->settle();
        now.depth = 0;
        now.random = (exploration->seed + i + 1) * 0x9e3779b97f4a7c15;
        now.chances = chances[i % (sizeof chances / sizeof *chances)];
        if (run_once(0) == FAILED)
            return true;
    }
    return false;
}

static void trace(void)
{
    struct findings unused = {0};
    now.findings = &unused;
    now.tracing = true;
    run_once(now.budget_given);
    now.tracing = false;
}

void explore(const struct exploration *exploration, const struct subject *subject,
             struct findings *findings)
{
    memset(findings, 0, sizeof *findings);
    now.findings = findings;
    now.subject = subject;
    if (states == NULL)
        states = calloc(sizeof *states, (size_t)1 << STATES_BITS);
    if (states == NULL)
        explore_give_up("no memory");
    // Some random walks first: they find most, and learn which places are shared.
    struct exploration first = *exploration, last = *exploration;
    first.random_most = exploration->random_most / 4;
    last.random_most -= first.random_most;
    last.seed += first.random_most;
    findings->failed = walk_by_chance(&first);
    subject->settle();
    findings->failed = findings->failed || walk_by_digits(exploration) || walk_by_chance(&last);
    if (findings->failed)
        trace();
}
