// What every way to wake sleepers must do: each test runs over each way.
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/ring/writer.h"
#include "consumer/stream/stream.h"
#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include "tests/lib/storm.h"
#include "tests/lib/stream.h"

enum { SLEEPERS = 4, RINGS = 500, FRAMES = 2000, CHILD_FAILED = 1 };

static const int64_t ms_ns = 1000000;
static const int64_t hang_ns = INT64_C(3600) * 1000000000; // a wake that is missed hangs the test

static const struct doorbell *bell_of(void **state)
{
    return doorbell_of(*state == NULL ? DOORBELL_FUTEX : DOORBELL_SEMAPHORE);
}

static tachy_wake wake_of(void **state)
{
    return *state == NULL ? TACHY_WAKE_FUTEX : TACHY_WAKE_SEMAPHORE;
}

static tachy_writer *writer_of(void **state)
{
    tachy_writer *writer = test_writer(
        (tachy_writer_params){.wake = wake_of(state), .lossless_wait_ns = hang_ns, .history = 3});
    assert_ptr_equal(writer->pool.doorbell, bell_of(state));
    return writer;
}

static void wait_for_children(const pid_t *children, int count)
{
    for (int i = 0; i < count; i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
}

// In a child: it ends with its parent, and by itself if a wake never comes.
static void begin_child(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(600);
}

// ---- the interface itself, in memory that processes share

struct shared {
    _Atomic uint32_t word;
    _Atomic uint64_t asleep; ///< bit = sleeper
    _Atomic uint32_t woken;
    struct ring_semaphore semaphores[SLEEPERS];
};

static void sleep_through(const struct doorbell *bell, struct shared *shared, int index)
{
    const struct doorbell_place place = {.word = &shared->word,
                                         .semaphore = &shared->semaphores[index]};
    for (uint32_t round = 1; round <= RINGS; round++) {
        while (atomic_load(&shared->word) < round) {
            bell->prepare(&place);
            uint32_t seen = atomic_load(&shared->word);
            atomic_fetch_or(&shared->asleep, UINT64_C(1) << index);
            if (seen < round)
                bell->wait(&place, seen, 0, hang_ns);
        }
        atomic_fetch_add(&shared->woken, 1);
    }
}

static void one_ring_wakes_every_sleeper_in_every_process(void **state)
{
    const struct doorbell *bell = bell_of(state);
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    pid_t children[SLEEPERS];
    for (int i = 0; i < SLEEPERS; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            begin_child();
            sleep_through(bell, shared, i);
            _exit(0);
        }
    }
    for (uint32_t round = 1; round <= RINGS; round++) {
        while (round % 2 == 0 && atomic_load(&shared->asleep) != (1 << SLEEPERS) - 1)
            sched_yield(); // else it rings while they are on their way to bed
        struct doorbell_sleepers sleepers = {
            .first = shared->semaphores, .step_bytes = sizeof shared->semaphores[0], .count = 1};
        atomic_fetch_add(&shared->word, 1);
        sleepers.who = atomic_exchange(&shared->asleep, 0);
        bell->wake(&shared->word, &sleepers);
        while (atomic_load(&shared->woken) < round * SLEEPERS)
            sched_yield();
    }
    wait_for_children(children, SLEEPERS);
    munmap(shared, sizeof *shared);
}

static void a_ring_for_others_wakes_nobody_for_good(void **state)
{
    const struct doorbell *bell = bell_of(state);
    _Atomic uint32_t word = 0, own = 0;
    struct ring_semaphore semaphore;
    memset(&semaphore, 0x11, sizeof semaphore); // as if posted a million times
    const struct doorbell_place place = {.word = &word, .own = &own, .semaphore = &semaphore};
    bell->wake_own(&place); // forgotten by the next
    bell->prepare(&place);
    int64_t start = test_now_ns(), until = start + 50 * ms_ns;
    int waits = 0;
    do {
        bell->wait(&place, 0, 0, until - test_now_ns());
        waits++;
    } while (test_now_ns() < until);
    assert_in_range(waits, 1, 5);      // it slept
    bell->wait(&place, 1, 0, hang_ns); // the word is another already
    bell->wait(&place, 0, 1, hang_ns); // its own word is
}

// ---- readers and a writer

// Takes every frame, with sleeps that only a wake can end in time.
static int sleep_for_each_frame(const char *name, int ready)
{
    const tachy_stream_params params = {
        .size = sizeof params, .name = name, .reading = TACHY_LOSSLESS};
    tachy_stream *stream = NULL;
    tachy_frame *frame = NULL;
    if (tachy_stream_attach(&params, hang_ns, &stream) != TACHY_OK || write(ready, "", 1) != 1)
        return 2;
    tachy_status status = TACHY_EMPTY;
    for (uint64_t number = 1; number <= FRAMES; number++) {
        while ((status = tachy_stream_next(stream, 0, &frame)) == TACHY_EMPTY)
            reader_sleep(&stream->reader, hang_ns);
        if (status != TACHY_OK || tachy_frame_number(frame) != number)
            return 3;
        tachy_frame_release(&frame);
    }
    while ((status = tachy_stream_next(stream, 0, &frame)) == TACHY_EMPTY)
        reader_sleep(&stream->reader, hang_ns);
    tachy_stream_detach(&stream);
    return status == TACHY_CLOSED ? 0 : 4;
}

static void publish_patiently(tachy_writer *writer, uint64_t number)
{
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, TACHY_FOREVER, &draft), TACHY_OK);
    assert_int_equal(tachy_draft_set_frame(draft, number, (int64_t)number, 60), TACHY_OK);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
}

static uint32_t readers_of(const tachy_writer *writer)
{
    tachy_writer_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    return stats.readers;
}

static void feed(void **state, int readers)
{
    tachy_writer *writer = writer_of(state);
    pid_t children[SLEEPERS];
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    for (int i = 0; i < readers; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            begin_child();
            _exit(sleep_for_each_frame(test_stream_name(), ready[1]));
        }
        assert_int_equal(read(ready[0], &byte, 1), 1);
    }
    close(ready[0]);
    close(ready[1]);
    _Atomic uint64_t *mask = &writer->pool.registry->wait_mask;
    for (uint64_t number = 1; number <= FRAMES; number++) {
        while (number % 3 == 0 && atomic_load(mask) == 0)
            sched_yield();
        publish_patiently(writer, number);
    }
    tachy_writer_destroy(&writer);
    wait_for_children(children, readers);
}

static void a_sleeping_reader_in_another_process_misses_no_wake(void **state)
{
    feed(state, 1);
}

static void several_sleeping_readers_in_other_processes_miss_no_wake(void **state)
{
    feed(state, SLEEPERS);
}

static void a_wait_takes_its_timeout_and_no_less(void **state)
{
    tachy_writer *writer = writer_of(state);
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    tachy_frame *frame = NULL;
    for (int i = 0; i < 3; i++) {
        int64_t start = test_now_ns(), wanted = (70 + 40 * i) * ms_ns;
        assert_int_equal(tachy_stream_next(stream, wanted, &frame), TACHY_TIMED_OUT);
        assert_true(test_now_ns() - start >= wanted);
    }
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void signals_end_no_wait_but_an_interrupt_from_their_handler_does(void **state)
{
    tachy_writer *writer = writer_of(state);
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    tachy_frame *frame = NULL;
    storm_begin(100, stream, 0);
    int64_t start = test_now_ns();
    assert_int_equal(tachy_stream_next(stream, 100 * ms_ns, &frame), TACHY_TIMED_OUT);
    storm_end();
    assert_true(test_now_ns() - start >= 100 * ms_ns);
    assert_true(storm_count() > 0);
    for (int round = 1; round <= 30; round++) {
        storm_begin(100 + round, stream, round % 5 + 1);
        while (reader_is_interrupted(&stream->reader) == false)
            reader_sleep(&stream->reader, hang_ns); // nothing but the interrupt ends these
        storm_end();
        assert_int_equal(tachy_stream_next(stream, hang_ns, &frame), TACHY_INTERRUPTED);
    }
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static _Atomic bool waiting, over;

static void *interrupt_soon(void *stream)
{
    for (uint32_t round = 0; !atomic_load(&over); round++) {
        while (!atomic_load(&waiting) && !atomic_load(&over))
            sched_yield();
        for (volatile uint32_t i = 0; i < round * 97 % 20000; i++)
            ;
        if (atomic_exchange(&waiting, false))
            tachy_stream_interrupt(stream);
    }
    return NULL;
}

static void an_interrupt_from_another_thread_is_never_missed(void **state)
{
    tachy_writer *writer = writer_of(state);
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    struct reader *reader = &stream->reader;
    pthread_t thread;
    atomic_store(&over, false);
    assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, stream), 0);
    for (int i = 0; i < 2000; i++) {
        atomic_store(&waiting, true);
        while (!reader_take_interrupt(reader))
            reader_sleep(reader, hang_ns);
    }
    atomic_store(&over, true);
    pthread_join(thread, NULL);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static bool is_readable(int fd, int timeout_ms)
{
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    return poll(&polled, 1, timeout_ms) == 1;
}

static void *take_one(void *stream)
{
    tachy_frame *frame = NULL;
    uint64_t number = 0;
    if (tachy_stream_next(stream, hang_ns, &frame) == TACHY_OK)
        number = tachy_frame_number(frame);
    tachy_frame_release(&frame);
    return (void *)(uintptr_t)number;
}

static void a_descriptor_and_a_wait_of_the_same_stream_are_both_served(void **state)
{
    tachy_writer *writer = writer_of(state);
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    int fd = -1;
    assert_int_equal(tachy_stream_fd(stream, &fd), TACHY_OK);
    for (uint64_t number = 1; number <= 20; number++) {
        assert_false(is_readable(fd, 0));
        test_publish(writer, 2 * number);
        assert_true(is_readable(fd, 120000));
        assert_int_equal(test_next_number(stream), 2 * number);
        pthread_t thread;
        void *taken = NULL;
        assert_int_equal(pthread_create(&thread, NULL, take_one, stream), 0);
        test_pause_ms((int)(number % 3)); // before, while and after it falls asleep
        test_publish(writer, 2 * number + 1);
        pthread_join(thread, &taken);
        assert_int_equal((uintptr_t)taken, 2 * number + 1);
    }
    tachy_stream_interrupt(stream);
    assert_true(is_readable(fd, 120000));
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void deaf(const _Atomic uint32_t *word, const struct doorbell_sleepers *sleepers)
{
    (void)word;
    (void)sleepers;
}

static void a_wake_that_is_lost_costs_a_look_again_and_no_frame(void **state)
{
    tachy_writer *writer = writer_of(state);
    struct doorbell broken = *bell_of(state);
    broken.wake = deaf;
    writer->pool.doorbell = &broken;
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    int fd = -1;
    assert_int_equal(tachy_stream_fd(stream, &fd), TACHY_OK);
    for (uint64_t number = 1; number <= 5; number++) {
        pthread_t thread;
        void *taken = NULL;
        assert_int_equal(pthread_create(&thread, NULL, take_one, stream), 0);
        while ((atomic_load(&writer->pool.registry->wait_mask) & 1) == 0)
            sched_yield();
        test_publish(writer, 2 * number);
        pthread_join(thread, &taken);
        assert_int_equal((uintptr_t)taken, 2 * number);
        test_publish(writer, 2 * number + 1);
        assert_true(is_readable(fd, 120000));
        assert_int_equal(test_next_number(stream), 2 * number + 1);
    }
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_reader_asleep_learns_that_its_writer_was_killed(void **state)
{
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        begin_child();
        tachy_writer *writer = writer_of(state);
        char name[64] = "";
        memccpy(name, test_stream_name(), 0, sizeof name);
        if (write(ready[1], name, sizeof name) != sizeof name)
            _exit(CHILD_FAILED);
        while (readers_of(writer) == 0 || atomic_load(&writer->pool.registry->wait_mask) == 0)
            test_pause_ms(1);
        kill(getpid(), SIGKILL);
    }
    char name[64];
    assert_int_equal(read(ready[0], name, sizeof name), sizeof name);
    close(ready[0]);
    close(ready[1]);
    const tachy_stream_params params = {.size = sizeof params, .name = name};
    tachy_stream *stream = NULL;
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_attach(&params, hang_ns, &stream), TACHY_OK);
    assert_int_equal(tachy_stream_next(stream, hang_ns, &frame), TACHY_GONE);
    tachy_stream_detach(&stream);
    assert_int_equal(waitpid(child, NULL, 0), child);
    name[strcspn(name, "/")] = 0;
    const tachy_clean_params clean = {.size = sizeof clean, .producer = name};
    tachy_cleaning *cleaning = NULL;
    assert_int_equal(tachy_clean(&clean, &cleaning), TACHY_OK);
    tachy_cleaning_destroy(&cleaning);
    assert_int_equal(test_shm_count(name), 0);
}

// ---- a peer that writes what it likes

static void *scribble(void *semaphores)
{
    uint64_t random = 88172645463325252u;
    volatile uint64_t *words = semaphores;
    while (!atomic_load(&over)) {
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        words[random >> 32 & 4] = random & 1 ? random : 0; // value and waiters of either
        test_pause_ms(0);
    }
    return NULL;
}

// Value and all the rest; `empty`: nothing was posted, as far as the value says, so that the rest matters.
static void spoil(void *semaphores, size_t count, unsigned char fill, bool empty)
{
    memset(semaphores, fill, count * RING_SEMAPHORE_BYTES);
    for (size_t i = 0; empty && i < count; i++)
        memset((char *)semaphores + i * RING_SEMAPHORE_BYTES, 0, sizeof(uint32_t));
}

static void semaphores_full_of_nonsense_harm_no_writer_and_bound_every_wait(void **state)
{
    tachy_writer *writer = writer_of(state);
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    struct ring_reader *block = &writer->pool.registry->readers[0];
    static const unsigned char fills[] = {0xff, 0x01, 0x80, 0x81, 0x7f, 0x03, 0x06, 0x55};
    tachy_frame *frame = NULL;
    for (size_t i = 0; i < 2 * sizeof fills; i++) {
        spoil(block->semaphores, 2, fills[i / 2], i % 2 == 0);
        tachy_stream_interrupt(stream);
        assert_int_equal(tachy_stream_next(stream, hang_ns, &frame), TACHY_INTERRUPTED);
        spoil(block->semaphores, 2, fills[i / 2], i % 2 == 0);
        atomic_store(&writer->pool.registry->wait_mask, UINT64_MAX);
        test_publish(writer, i + 1);
        assert_int_equal(test_next_number(stream), i + 1);
        assert_int_equal(tachy_stream_next(stream, 20 * ms_ns, &frame), TACHY_TIMED_OUT);
    }
    pthread_t thread;
    atomic_store(&over, false);
    assert_int_equal(pthread_create(&thread, NULL, scribble, block->semaphores), 0);
    for (uint64_t number = 100; number < 200; number++) {
        assert_int_equal(tachy_stream_next(stream, ms_ns, &frame), TACHY_TIMED_OUT);
        test_publish(writer, number);
        assert_int_equal(test_next_number(stream), number);
    }
    atomic_store(&over, true);
    pthread_join(thread, NULL);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void *take_some_soon(void *stream)
{
    test_pause_ms(5);
    for (int i = 0; i < 3; i++) {
        tachy_frame *frame = NULL;
        if (tachy_stream_next(stream, hang_ns, &frame) != TACHY_OK)
            return stream;
        tachy_frame_release(&frame);
    }
    return NULL;
}

static void a_writer_that_waits_by_a_semaphore_full_of_nonsense_is_let_go(void **state)
{
    tachy_writer *writer = writer_of(state);
    tachy_stream *stream = test_reader((tachy_stream_params){.reading = TACHY_LOSSLESS});
    for (int round = 0; round < 20; round++) {
        tachy_draft *draft = NULL;
        while (tachy_writer_claim(writer, 0, &draft) == TACHY_OK)
            assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
        pthread_t thread;
        void *failed = NULL;
        assert_int_equal(pthread_create(&thread, NULL, take_some_soon, stream), 0);
        spoil(&writer->pool.registry->producer_semaphore, 1, (unsigned char)(0xa5 + round),
              round % 2 == 0);
        assert_int_equal(tachy_writer_claim(writer, hang_ns, &draft), TACHY_OK);
        pthread_join(thread, &failed);
        assert_null(failed);
        tachy_draft_abort(&draft);
    }
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static char semaphore_state;

// clang-format off
#define OVER_EACH(test)                                                                            \
    {#test "_by_futex", test, NULL, NULL, NULL},                                                   \
    {#test "_by_semaphore", test, NULL, NULL, &semaphore_state}

TACHY_TEST_MAIN(OVER_EACH(one_ring_wakes_every_sleeper_in_every_process),
                OVER_EACH(a_ring_for_others_wakes_nobody_for_good),
                OVER_EACH(a_sleeping_reader_in_another_process_misses_no_wake),
                OVER_EACH(several_sleeping_readers_in_other_processes_miss_no_wake),
                OVER_EACH(a_wait_takes_its_timeout_and_no_less),
                OVER_EACH(signals_end_no_wait_but_an_interrupt_from_their_handler_does),
                OVER_EACH(an_interrupt_from_another_thread_is_never_missed),
                OVER_EACH(a_descriptor_and_a_wait_of_the_same_stream_are_both_served),
                OVER_EACH(a_wake_that_is_lost_costs_a_look_again_and_no_frame),
                OVER_EACH(a_reader_asleep_learns_that_its_writer_was_killed),
                OVER_EACH(semaphores_full_of_nonsense_harm_no_writer_and_bound_every_wait),
                OVER_EACH(a_writer_that_waits_by_a_semaphore_full_of_nonsense_is_let_go))
// clang-format on
