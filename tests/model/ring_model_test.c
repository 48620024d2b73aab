// The ring's own files, run through the model: they hold in each execution, and fail with any one thing taken away.
#include <stdio.h>
#include <stdlib.h>

#include "tests/lib/main.h"
#include "tests/model/bounds.h"
#include "tests/model/jobs.h"
#include "tests/model/mutants.h"
#include "tests/model/world.h"

enum { HOLDS = 0, FAILS = 1 };

static int explore_whole(size_t index)
{
    struct findings found;
    const struct exploration *how = &bounds.whole;
    world_explore(&scenarios[index], how, &found);
    printf("# %s: %llu executions, %llu states, %llu steps, %s %u deviations, %llu cut\n",
           scenarios[index].name, (unsigned long long)(found.executions + found.random),
           (unsigned long long)found.states, (unsigned long long)found.steps,
           found.complete ? "all with at most" : "some with at most", how->deviations,
           (unsigned long long)found.cut);
    if (found.failed)
        printf("# FAILED: %s\n", found.why);
    return found.failed ? FAILS : HOLDS;
}

static unsigned failed;

static void tell_whole(const struct job *job)
{
    fputs(job->text, stdout);
    if (job->status != HOLDS)
        printf("# %s: status %d\n", scenarios[job->index].name, job->status);
    failed += job->status != HOLDS;
}

static void the_ring_holds_in_each_execution(void **state)
{
    (void)state;
    jobs_run(scenario_count, explore_whole, tell_whole);
    assert_int_equal(failed, 0);
}

static bool is_killed_in(size_t scenario, const struct exploration *how, const char *name)
{
    struct findings found;
    world_explore(&scenarios[scenario], how, &found);
    if (found.failed)
        printf("killed: %s by %s: %s\n", name, scenarios[scenario].name, found.why);
    return found.failed;
}

static int explore_mutant(size_t index)
{
    enum { SCENARIOS_MAX = 64 };
    char name[MUTANT_NAME_BYTES];
    struct site *site;
    bool comes_by[SCENARIOS_MAX], reached = false;
    // Of one that has an excuse it is asked only that the excuse is not plainly wrong.
    size_t rounds = mutant_excuse(index) != NULL ? BOUNDS_ROUNDS_EXCUSED : BOUNDS_ROUNDS;
    mutant_apply(index, name, &site);
    printf("crashes: %s\n", name); // the last line, if it does
    fflush(stdout);
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < scenario_count; i++) {
            uint64_t before = site == NULL ? 0 : site->runs;
            if (round > 0 && !comes_by[i])
                continue;
            if (is_killed_in(i, &bounds.rounds[round], name))
                return FAILS;
            comes_by[i] = site == NULL || site->runs > before;
            reached = reached || comes_by[i];
        }
    }
    printf("SURVIVES%s: %s\n", reached ? "" : " (never executed)", name);
    return HOLDS;
}

// The last line of what a job printed: a trace comes before it.
static const char *last_line(const struct job *job)
{
    const char *last = job->text, *at = job->text;
    for (; *at != 0; at++)
        if (*at == '\n' && at[1] != 0)
            last = at + 1;
    return last;
}

static size_t killed, wrong;

static void tell_mutant(const struct job *job)
{
    const char *excuse = mutant_excuse(job->index);
    bool died = job->status != HOLDS;
    killed += died;
    wrong += died == (excuse != NULL);
    printf("# %zu: %s", job->index, last_line(job));
    if (excuse != NULL)
        printf("#   %s: %s\n", died ? "but it has the excuse" : "excused", excuse);
}

static void without_any_one_of_its_orders_fences_and_checks_it_fails(void **state)
{
    (void)state;
    jobs_run(mutant_count(), explore_mutant, tell_mutant);
    printf("# %zu mutants, %zu killed, %zu wrong\n", mutant_count(), killed, wrong);
    assert_int_equal(wrong, 0);
}

TACHY_TEST_MAIN(cmocka_unit_test(the_ring_holds_in_each_execution),
                cmocka_unit_test(without_any_one_of_its_orders_fences_and_checks_it_fails))
