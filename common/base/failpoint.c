// Failpoints: what is planned for each, and which was passed last.
#include "common/base/failpoint.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/error.h"

enum { PLANS_MAX = 16, SLEEP_NS = 10 * 1000 * 1000 };

enum action { ACT_KILL, ACT_STOP, ACT_SLEEP, ACT_ERROR, ACT_UNKNOWN };

static const char *const actions[] = {
    [ACT_KILL] = "kill", [ACT_STOP] = "stop", [ACT_SLEEP] = "sleep", [ACT_ERROR] = "error"};

struct plan {
    const struct failpoint *at;
    enum action action;
    unsigned long when, passed; ///< when: 0 = at every passing
};

// The linker's: the bounds of the section that FAILPOINT_HERE fills.
extern const struct failpoint first_failpoint[] __asm__("__start_tachy_failpoints");
extern const struct failpoint failpoints_end[] __asm__("__stop_tachy_failpoints");

static struct plan plans[PLANS_MAX];
static size_t plan_count;
static bool planned;
static volatile unsigned char nowhere;
static volatile unsigned char *record = &nowhere;

size_t failpoint_count(void)
{
    return (size_t)(failpoints_end - first_failpoint);
}

const char *failpoint_name(size_t number)
{
    return first_failpoint[number].name;
}

void failpoint_record(volatile unsigned char *step)
{
    record = step;
}

static _Noreturn void refuse(const char *why, const char *word)
{
    fprintf(stderr, "TACHY_FAIL: %s: %s; expected publish.before_head:kill@3\n", why, word);
    abort();
}

static const struct failpoint *find(const char *name, size_t length)
{
    for (size_t i = 0; i < failpoint_count(); i++)
        if (strlen(failpoint_name(i)) == length && memcmp(failpoint_name(i), name, length) == 0)
            return &first_failpoint[i];
    return NULL;
}

static enum action find_action(const char *word, size_t length)
{
    for (enum action i = ACT_KILL; i < ACT_UNKNOWN; i++)
        if (strlen(actions[i]) == length && memcmp(actions[i], word, length) == 0)
            return i;
    return ACT_UNKNOWN;
}

// One "name:action@when".
static struct plan read_plan(const char *word)
{
    size_t name = strcspn(word, ":,");
    if (word[name] != ':')
        refuse("no action", word);
    const char *action = word + name + 1;
    size_t length = strcspn(action, "@,");
    struct plan plan = {.at = find(word, name), .action = find_action(action, length)};
    if (plan.at == NULL)
        refuse("no such failpoint", word);
    if (plan.action == ACT_UNKNOWN)
        refuse("no such action", word);
    if (action[length] == '@')
        plan.when = strtoul(action + length + 1, NULL, 10);
    return plan;
}

void failpoint_plan(const char *plan)
{
    planned = true;
    plan_count = 0;
    for (const char *word = plan; *word != 0; word += *word == ',') {
        if (plan_count == PLANS_MAX)
            refuse("too many", word);
        plans[plan_count++] = read_plan(word);
        word += strcspn(word, ",");
    }
}

static void act(enum action action)
{
    if (action == ACT_KILL)
        raise(SIGKILL);
    else if (action == ACT_STOP)
        raise(SIGSTOP);
    else if (action == ACT_SLEEP)
        nanosleep(&(struct timespec){.tv_nsec = SLEEP_NS}, NULL);
}

// Says whether an error is planned here and now.
static bool pass(const struct failpoint *at)
{
    *record = (unsigned char)(at - first_failpoint + 1);
    if (!planned) {
        const char *plan = getenv("TACHY_FAIL");
        failpoint_plan(plan == NULL ? "" : plan);
    }
    bool fails = false;
    for (size_t i = 0; i < plan_count; i++) {
        struct plan *plan = &plans[i];
        if (plan->at != at || (++plan->passed != plan->when && plan->when != 0))
            continue;
        act(plan->action);
        fails = fails || plan->action == ACT_ERROR;
    }
    return fails;
}

void failpoint_pass(const struct failpoint *at)
{
    pass(at);
}

tachy_status failpoint_status(const struct failpoint *at, tachy_status status)
{
    if (!pass(at) || status != TACHY_OK)
        return status;
    return error_set(TACHY_SYSTEM, "failpoint %s: an error was asked for", at->name);
}
