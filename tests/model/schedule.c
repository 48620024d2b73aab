// Threads of the model: coroutines, sleep and time, and the process that is killed.
#include "tests/model/schedule.h"

#include <string.h>
#include <ucontext.h>

#include "tests/model/explore.h"
#include "tests/model/trace.h"

enum { STACK_BYTES = 128 << 10 };

enum status { ABSENT, READY, ASLEEP, ENDED };

struct thread {
    struct role role;
    enum status status;
    bool started, timed_out;
    const volatile void *words[2];
    int64_t until_ns;
    uint64_t past;
    ucontext_t context;
};

static _Alignas(64) unsigned char stacks[THREADS_MAX][STACK_BYTES];
static struct thread threads[THREADS_MAX];
static unsigned current, kernel;
static bool running;
static int victim, killed;
static int64_t now_ns;
static ucontext_t outside;

bool schedule_is_running(void)
{
    return running;
}

unsigned schedule_thread(void)
{
    return current;
}

const char *schedule_name(void)
{
    return threads[current].role.name;
}

bool schedule_was_killed(int process)
{
    return killed != NO_PROCESS && killed == process;
}

int64_t schedule_now_ns(void)
{
    return now_ns;
}

void schedule_pass(int64_t ns)
{
    now_ns += ns;
}

void schedule_note(uint64_t what)
{
    uint64_t past = (threads[current].past ^ what) * 0x9e3779b97f4a7c15;
    threads[current].past = past ^ past >> 32;
}

uint64_t schedule_hash(void)
{
    uint64_t hash = (uint64_t)current << 8 | (uint64_t)(killed + 1);
    hash ^= (uint64_t)now_ns << 16;
    for (unsigned i = 0; i < THREADS_MAX; i++) {
        const struct thread *thread = &threads[i];
        uint64_t status = thread->status | (uint64_t)thread->timed_out << 2;
        hash = (hash ^ thread->past ^ status << 40) * 0xff51afd7ed558ccd;
        hash ^= hash >> 33;
    }
    return hash;
}

// A coroutine's whole life. Its last switch never comes back.
static void live(void);

static void go_to(unsigned next)
{
    unsigned before = current;
    if (next == before)
        return;
    current = next;
    if (threads[next].started) {
        swapcontext(&threads[before].context, &threads[next].context);
        return;
    }
    threads[next].started = true;
    getcontext(&threads[next].context);
    threads[next].context.uc_stack.ss_sp = stacks[next];
    threads[next].context.uc_stack.ss_size = STACK_BYTES;
    threads[next].context.uc_link = NULL;
    makecontext(&threads[next].context, live, 0);
    swapcontext(&threads[before].context, &threads[next].context);
}

static unsigned list_ready(unsigned ready[THREADS_MAX])
{
    unsigned count = 0;
    for (unsigned i = 0; i < THREADS_MAX; i++) {
        unsigned thread = (current + i) % THREADS_MAX;
        if (threads[thread].status == READY)
            ready[count++] = thread;
    }
    return count;
}

static void end_sleep(struct thread *thread, bool timed_out)
{
    thread->status = READY;
    thread->timed_out = timed_out;
    thread->words[0] = thread->words[1] = NULL;
}

// Time passes when nothing else can happen. False: nobody waits for it.
static bool let_time_pass(void)
{
    struct thread *first = NULL;
    for (unsigned i = 0; i < THREADS_MAX; i++)
        if (threads[i].status == ASLEEP && threads[i].until_ns != INT64_MAX &&
            (first == NULL || threads[i].until_ns < first->until_ns))
            first = &threads[i];
    if (first == NULL)
        return false;
    if (first->until_ns > now_ns)
        now_ns = first->until_ns;
    end_sleep(first, true);
    trace_line("%s: its wait times out", first->role.name);
    return true;
}

static void check_all_ended(void)
{
    for (unsigned i = 0; i < THREADS_MAX; i++)
        if (threads[i].status == ASLEEP)
            explore_fail("%s sleeps for ever", threads[i].role.name);
}

// The running thread rests: whoever can goes on.
static void go_on(void)
{
    unsigned ready[THREADS_MAX], count = list_ready(ready);
    if (count == 0 && let_time_pass())
        count = list_ready(ready);
    if (count > 0) {
        go_to(ready[explore_choose(CHOOSE_NEXT, count)]);
        return;
    }
    check_all_ended();
    running = false;
    setcontext(&outside);
}

static void live(void)
{
    struct thread *thread = &threads[current];
    thread->role.play(thread->role.context);
    thread->status = ENDED;
    go_on();
}

static void kill_process(int process)
{
    trace_line("%s: SIGKILL", threads[current].role.name);
    killed = process;
    for (unsigned i = 0; i < THREADS_MAX; i++)
        if (threads[i].status != ABSENT && threads[i].role.process == process)
            threads[i].status = ENDED;
    threads[kernel].status = READY;
    go_on();
}

static bool may_be_killed(void)
{
    return victim != NO_PROCESS && killed == NO_PROCESS && threads[current].role.process == victim;
}

void schedule_step(bool shared, bool effect)
{
    explore_count_step();
    if (shared) {
        unsigned ready[THREADS_MAX], count = list_ready(ready);
        go_to(ready[explore_choose(CHOOSE_SWITCH, count)]);
    }
    if (effect && may_be_killed() && explore_choose(CHOOSE_KILL, 2) == 1)
        kill_process(victim);
}

void schedule_yield(void)
{
    go_on();
}

bool schedule_sleep(const volatile void *word, const volatile void *own, int64_t until_ns,
                    bool early)
{
    struct thread *thread = &threads[current];
    thread->timed_out = early && until_ns != INT64_MAX && explore_choose(CHOOSE_LATE, 2) == 1;
    if (!thread->timed_out) {
        thread->status = ASLEEP;
        thread->words[0] = word;
        thread->words[1] = own;
        thread->until_ns = until_ns;
    } else if (until_ns > now_ns) {
        now_ns = until_ns;
    }
    go_on();
    schedule_note(thread->timed_out);
    return thread->timed_out;
}

void schedule_wake(const volatile void *word)
{
    for (unsigned i = 0; i < THREADS_MAX; i++)
        if (threads[i].status == ASLEEP &&
            (threads[i].words[0] == word || threads[i].words[1] == word))
            end_sleep(&threads[i], false);
}

void schedule_stop(void)
{
    running = false;
}

void schedule_run(const struct role *roles, unsigned count, int victim_process,
                  void (*after_kill)(void *context), void *context)
{
    memset(threads, 0, sizeof threads);
    for (unsigned i = 0; i < count; i++)
        threads[i] = (struct thread){.role = roles[i], .status = READY, .past = i + 1};
    kernel = count;
    threads[kernel].role = (struct role){
        .name = "kernel", .process = NO_PROCESS, .play = after_kill, .context = context};
    victim = victim_process;
    killed = NO_PROCESS;
    now_ns = SCHEDULE_START_NS;
    running = true;
    current = THREADS_MAX - 1; // nobody: whoever is first goes on
    volatile bool over = false;
    getcontext(&outside);
    if (over)
        return;
    over = true;
    go_on();
}
