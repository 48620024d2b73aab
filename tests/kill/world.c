// A world: one stream, its writer and readers as processes, and a supervisor that kills them and starts them again at once.
#include "tests/kill/world.h"

#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/failpoint.h"
#include "tests/kill/actor.h"

enum {
    PHASE_KILLS = 256, ///< the writer lives through one phase and dies often in the next
    PAUSE_US = 400,
    TIGHT_PAUSE_US = 3000,
    STEERED_FRAMES = 24,
    STEERED_NS = 100000000,
    PASSINGS_MAX = 6,
    BREATHLESS_MAX = 4,
    PLAN_BYTES = 128,
};

struct process {
    pid_t pid;
    bool steered;
    int64_t born_ns;
    uint64_t born_frames; ///< of its account then
};

struct world {
    struct page *page;
    uint64_t series;
    struct process processes[ROLE_COUNT];
    unsigned breathless; ///< writers that died since the witness last saw a frame
    uint64_t breath;     ///< its frames then
};

/// Where a role's plans put its death: what must be reached stands there more than once.
struct parts {
    const char *names[12];
    size_t count;
};

static const struct parts writer_parts = {{"claim.", "publish.", "claim.", "publish.", "claim.",
                                           "publish.", "draft.", "create.", "sweep.", "ids.",
                                           "resize."},
                                          11};
static const struct parts reader_parts = {{"acquire.", "release.", "acquire.", "release.",
                                           "attach.", "detach.", "ring.", "copy.", "change.",
                                           "follow."},
                                          10};

const char *const world_parts[] = {"claim.", "publish.", "acquire.", "release."};
const size_t world_part_count = sizeof world_parts / sizeof world_parts[0];

struct world_inside world_count_inside(const struct page *page, const char *part)
{
    struct world_inside inside = {0};
    for (size_t i = 0; i < failpoint_count(); i++) {
        const char *name = failpoint_name(i);
        if (strncmp(name, part, strlen(part)) != 0 || strcmp(strchr(name, '.'), ".done") == 0)
            continue;
        inside.random += page->histogram.random[i + 1];
        inside.all += page->histogram.steered[i + 1] + page->histogram.random[i + 1];
    }
    return inside;
}

static void complain(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void complain(struct world *world, const char *format, ...)
{
    if (world->page->complaint[0] != 0)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(world->page->complaint, sizeof world->page->complaint, format, arguments);
    va_end(arguments);
}

static bool is_fine(const struct world *world)
{
    return world->page->complaint[0] == 0;
}

// A failpoint somewhere in a part that the role passes.
static const char *choose_step(enum role role, uint64_t dice)
{
    const struct parts *parts = role == ROLE_WRITER ? &writer_parts : &reader_parts;
    const char *part = parts->names[dice % parts->count];
    const char *fitting[STEPS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < failpoint_count(); i++)
        if (strncmp(failpoint_name(i), part, strlen(part)) == 0)
            fitting[count++] = failpoint_name(i);
    return count == 0 ? failpoint_name(0) : fitting[(dice >> 8) % count];
}

// Says whether the process is to die at a step. Some linger at one: what is narrow in between gets wide.
static bool choose_plan(struct world *world, enum role role, char plan[PLAN_BYTES])
{
    uint64_t dice = actor_random(&world->series);
    unsigned steered_of_8 = world->page->tight ? 1 : role == ROLE_WRITER ? 7 : 4;
    bool steered = dice % 8 < steered_of_8, lingers = (dice >> 8 & 3) == 0;
    plan[0] = 0;
    if (lingers)
        snprintf(plan, PLAN_BYTES, "%s:sleep@%llu", choose_step(role, actor_random(&world->series)),
                 (unsigned long long)((dice >> 16) % PASSINGS_MAX + 1));
    if (steered)
        snprintf(plan + strlen(plan), PLAN_BYTES - strlen(plan), "%s%s:kill@%llu",
                 lingers ? "," : "", choose_step(role, actor_random(&world->series)),
                 (unsigned long long)((dice >> 32) % PASSINGS_MAX + 1));
    return steered;
}

static _Noreturn void live(struct page *page, enum role role, const char *plan, uint64_t seed)
{
    struct account *account = &page->accounts[role];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    failpoint_record(&account->step);
    failpoint_plan(plan);
    if (role == ROLE_WRITER)
        actor_write(page, account, seed);
    else if (role == ROLE_COUNT)
        actor_hold_all(page, account);
    else
        actor_read(page, account, role, seed);
}

static pid_t start(struct world *world, enum role role, const char *plan)
{
    uint64_t seed = actor_random(&world->series);
    world->page->accounts[role].step = 0;
    pid_t pid = fork();
    if (pid == 0)
        live(world->page, role, plan, seed);
    if (pid < 0)
        complain(world, "fork failed");
    return pid;
}

static bool writer_may_die(const struct world *world)
{
    return world->page->kills / PHASE_KILLS % 2 == 1;
}

// However slow the machine: after a few writers of whom the witness saw nothing, the next lives until it has.
static bool is_breathless(struct world *world)
{
    uint64_t frames = world->page->accounts[ROLE_WITNESS].frames;
    if (frames != world->breath)
        world->breathless = 0;
    world->breath = frames;
    return world->breathless >= BREATHLESS_MAX;
}

static void spawn(struct world *world, enum role role)
{
    char plan[PLAN_BYTES] = "";
    bool mortal = role != ROLE_WITNESS;
    if (role == ROLE_WRITER)
        mortal = writer_may_die(world) && !is_breathless(world);
    bool steered = mortal && choose_plan(world, role, plan);
    world->processes[role] = (struct process){start(world, role, plan), steered, actor_now_ns(),
                                              world->page->accounts[role].frames};
}

// Whoever did not die of SIGKILL saw something, or was ended by something of ours.
static void account_for(struct world *world, enum role role, int status, bool steered)
{
    struct account *account = &world->page->accounts[role];
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
        struct histogram *histogram = &world->page->histogram;
        (steered ? histogram->steered : histogram->random)[account->step]++;
        world->page->kills++;
        world->page->writer_kills += role == ROLE_WRITER;
        world->breathless += role == ROLE_WRITER;
    } else if (account->complaint[0] != 0) {
        complain(world, "role %d: %s", (int)role, account->complaint);
    } else {
        complain(world, "role %d ended by itself, wait status 0x%x", (int)role, (unsigned)status);
    }
}

static enum role role_of(const struct world *world, pid_t pid)
{
    enum role role = ROLE_WRITER;
    while (role < ROLE_COUNT && world->processes[role].pid != pid)
        role++;
    return role;
}

static bool reap_steered(struct world *world)
{
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    enum role role = pid > 0 ? role_of(world, pid) : ROLE_COUNT;
    if (role == ROLE_COUNT)
        return false;
    account_for(world, role, status, world->processes[role].steered);
    spawn(world, role);
    return true;
}

static int end(struct world *world, enum role role)
{
    int status = 0;
    pid_t pid = world->processes[role].pid;
    world->processes[role].pid = 0;
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    return status;
}

// A step that was not reached in so many frames, or so much time, is not waited for.
static bool may_reach_its_step(const struct world *world, enum role role)
{
    const struct process *process = &world->processes[role];
    uint64_t frames = world->page->accounts[role].frames - process->born_frames;
    return process->steered && frames < STEERED_FRAMES &&
           actor_now_ns() - process->born_ns < STEERED_NS;
}

static void kill_one(struct world *world)
{
    uint64_t dice = actor_random(&world->series);
    enum role role = (enum role)(dice % ROLE_WITNESS);
    if (writer_may_die(world) && (dice >> 8 & 3) != 0)
        role = ROLE_WRITER;
    if (role == ROLE_WRITER && (!writer_may_die(world) || is_breathless(world)))
        return;
    if (may_reach_its_step(world, role))
        return;
    account_for(world, role, end(world, role), false);
    spawn(world, role);
}

// All readers but the witness are dead: one reader gets every reservation but the witness's, and the writer still turns.
static void check_slots(struct world *world)
{
    for (enum role role = ROLE_NEWEST; role < ROLE_WITNESS; role++)
        end(world, role);
    pid_t pid = start(world, ROLE_COUNT, "");
    int64_t deadline = actor_now_ns() + 3 * ACTOR_HANG_NS;
    int status = 0;
    pid_t ended = 0;
    while (is_fine(world) && (ended = waitpid(pid, &status, WNOHANG)) == 0 &&
           actor_now_ns() < deadline)
        actor_pause_us(PAUSE_US);
    if (ended != pid) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        complain(world, "no end of the reader that holds every slot");
    } else if (status != 0) {
        const struct account *accounts =
            world->page->accounts; // the writer knows better what is amiss
        bool writer_knows = accounts[ROLE_WRITER].complaint[0] != 0;
        complain(world, "holding every slot: %s",
                 accounts[writer_knows ? ROLE_WRITER : ROLE_COUNT].complaint);
    }
    world->page->checks++;
    for (enum role role = ROLE_NEWEST; role < ROLE_WITNESS && is_fine(world); role++)
        spawn(world, role);
}

// The witness is killed by nobody, so its frames must go on; what it sees itself it complains of itself.
static void watch_witness(struct world *world, uint64_t *frames, int64_t *since_ns)
{
    uint64_t now_frames = world->page->accounts[ROLE_WITNESS].frames;
    int64_t now = actor_now_ns();
    if (now_frames == *frames && now - *since_ns > 3 * ACTOR_HANG_NS)
        complain(world, "the reader that nobody kills hangs");
    if (now_frames != *frames) {
        *frames = now_frames;
        *since_ns = now;
    }
}

static void finish(struct world *world)
{
    struct page *page = world->page;
    for (enum role role = ROLE_WRITER; role < ROLE_COUNT; role++) {
        int status = end(world, role);
        if (!WIFSIGNALED(status) && page->accounts[role].complaint[0] != 0)
            complain(world, "role %d: %s", (int)role, page->accounts[role].complaint);
        page->frames += role == ROLE_WRITER ? 0 : page->accounts[role].frames;
        page->ends += page->accounts[role].ends;
        page->changes += page->accounts[role].changes;
        page->followed += page->accounts[role].followed;
    }
}

static bool is_covered(const struct page *page, uint64_t inside_min)
{
    bool covered = true;
    for (size_t i = 0; i < world_part_count; i++)
        covered = covered && world_count_inside(page, world_parts[i]).all >= inside_min;
    return covered;
}

void world_run(struct page *page, uint64_t kills, uint64_t inside_min, uint64_t seed)
{
    struct world world = {.page = page, .series = seed};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_TIMERSLACK, 1);
    for (enum role role = ROLE_WRITER; role < ROLE_COUNT; role++)
        spawn(&world, role);
    uint64_t frames = 0;
    int64_t since_ns = actor_now_ns();
    bool could_die = false;
    while ((page->kills < kills || !is_covered(page, inside_min)) && is_fine(&world)) {
        watch_witness(&world, &frames, &since_ns);
        if (could_die != writer_may_die(&world)) {
            could_die = !could_die;
            if (could_die)
                check_slots(&world);
        }
        if (reap_steered(&world))
            continue;
        actor_pause_us(actor_random(&world.series) % (page->tight ? TIGHT_PAUSE_US : PAUSE_US));
        kill_one(&world);
    }
    finish(&world);
}
