// Two processes over a real ring: every byte of every frame, and deaths at the worst moment.
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "tests/lib/main.h"
#include "tests/lib/sleep.h"

enum { WIDTH = 320, HEIGHT = 240, FRAMES = 1500, LOOKS = 120000 }; // looks are 1 ms apart

static const int64_t patience_ns = INT64_C(120000000000); // only a hang is as long
static char name[64], prefix[64];

static void choose_name(const char *what)
{
    snprintf(name, sizeof name, "ringsys%d/%s", (int)getpid(), what);
    snprintf(prefix, sizeof prefix, "tachy.ringsys%d.", (int)getpid());
}

// Names left in /dev/shm that start with our producer's.
static int count_names(void)
{
    DIR *folder = opendir("/dev/shm");
    const struct dirent *entry;
    int count = 0;
    while ((entry = readdir(folder)) != NULL)
        count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    closedir(folder);
    return count;
}

// Our own objects, which a killed writer left, away: the next writer of the name would do it too.
static void remove_names(void)
{
    DIR *folder = opendir("/dev/shm");
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL)
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
}

static void pause_us(long us)
{
    nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
}

static tachy_writer *make_writer(uint32_t held_max)
{
    const tachy_plane_params planes[] = {{"color", TACHY_U8, 1, HEIGHT, WIDTH, 4},
                                         {"depth", TACHY_F32, 1, HEIGHT, WIDTH, 1}};
    tachy_writer_params params = {.size = sizeof params,
                                  .name = name,
                                  .planes = planes,
                                  .plane_count = 2,
                                  .held_max = held_max};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK) {
        fprintf(stderr, "%s\n", tachy_error());
        abort();
    }
    return writer;
}

static tachy_stream *attach(tachy_reading reading)
{
    tachy_stream_params params = {.size = sizeof params, .name = name, .reading = reading};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, patience_ns, &stream) != TACHY_OK) {
        fprintf(stderr, "%s\n", tachy_error());
        abort();
    }
    return stream;
}

// Eight bytes that no other place of no other frame has.
static uint64_t pattern(uint64_t sequence, uint64_t plane, uint64_t word)
{
    uint64_t x = sequence * UINT64_C(0x9e3779b97f4a7c15) + (plane << 40) + word;
    x = (x ^ x >> 31) * UINT64_C(0xbf58476d1ce4e5b9);
    return x ^ x >> 29;
}

static void fill(tachy_draft *draft, uint64_t sequence)
{
    const char *const planes[] = {"color", "depth"};
    for (uint64_t p = 0; p < 2; p++) {
        const tachy_plane *layout = NULL;
        uint64_t *words = tachy_draft_plane(draft, planes[p], &layout);
        for (uint64_t i = 0; i < layout->image_bytes / 8; i++)
            words[i] = pattern(sequence, p, i);
    }
}

static bool is_whole(const tachy_frame *frame)
{
    const char *const planes[] = {"color", "depth"};
    uint64_t sequence = tachy_frame_sequence(frame);
    for (uint64_t p = 0; p < 2; p++) {
        const tachy_plane *plane = tachy_frame_plane(frame, planes[p]);
        const uint64_t *words = plane->data;
        for (uint64_t i = 0; i < plane->image_bytes / 8; i++) {
            if (words[i] != pattern(sequence, p, i)) {
                fprintf(stderr, "# frame %llu, plane %s, byte %llu differs\n",
                        (unsigned long long)sequence, planes[p], (unsigned long long)i * 8);
                return false;
            }
        }
    }
    return true;
}

// Takes frames until the writer ends, looks at each byte twice, and wants every sequence accounted for.
static int check_all(tachy_reading reading)
{
    tachy_stream *stream = attach(reading);
    tachy_stats stats = {.size = sizeof stats};
    uint64_t first = 0, last = 0, received = 0;
    tachy_frame *frame = NULL;
    tachy_status status;
    while ((status = tachy_stream_next(stream, patience_ns, &frame)) == TACHY_OK) {
        uint64_t sequence = tachy_frame_sequence(frame);
        bool fine = is_whole(frame);
        pause_us(received % 7 * 200);
        fine = fine && is_whole(frame) && sequence > last;
        tachy_frame_release(&frame);
        if (!fine)
            return 1;
        first = first == 0 ? sequence : first;
        last = sequence;
        received++;
    }
    tachy_stream_stats(stream, &stats);
    uint64_t gaps = last - first + 1 - received;
    uint64_t counted = reading == TACHY_NEWEST ? stats.skipped : stats.lost;
    fprintf(stderr, "# reading %d: %llu of %d frames, %llu passed over\n", (int)reading,
            (unsigned long long)received, FRAMES, (unsigned long long)counted);
    bool fine = status == TACHY_CLOSED && last == FRAMES && stats.received == received &&
                counted >= gaps && counted <= gaps + first - 1;
    tachy_stream_detach(&stream);
    return fine ? 0 : 2;
}

// A child that ends with this process: a test that fails leaves nobody behind.
static pid_t start_child(void)
{
    pid_t parent = getpid(), child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
    }
    return child;
}

static pid_t start_checker(tachy_reading reading)
{
    pid_t child = start_child();
    if (child == 0)
        _exit(check_all(reading));
    return child;
}

static void wait_for_readers(const tachy_writer *writer, uint32_t count)
{
    tachy_writer_stats stats = {.size = sizeof stats};
    for (int i = 0; i < LOOKS; i++) {
        assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
        if (stats.readers == count)
            return;
        pause_us(1000);
    }
    fail_msg("%u readers, expected %u", stats.readers, count);
}

static void publish(tachy_writer *writer)
{
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    tachy_writer_stats stats = {.size = sizeof stats};
    tachy_writer_read_stats(writer, &stats);
    fill(draft, stats.published + 1);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
}

static void every_byte_of_every_frame_is_the_writers(void **state)
{
    (void)state;
    choose_name("bytes");
    pid_t newest = start_checker(TACHY_NEWEST), every = start_checker(TACHY_EVERY);
    tachy_writer *writer = make_writer(2);
    wait_for_readers(writer, 2);
    for (int i = 0; i < FRAMES; i++) {
        publish(writer);
        if (i % 3 == 0)
            pause_us(300); // now as fast as it goes, now slower than a reader
    }
    tachy_writer_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    assert_int_equal(stats.dropped, 0);
    tachy_writer_destroy(&writer);
    int status = 0;
    assert_int_equal(waitpid(newest, &status, 0), newest);
    assert_int_equal(status, 0);
    assert_int_equal(waitpid(every, &status, 0), every);
    assert_int_equal(status, 0);
    assert_int_equal(count_names(), 0);
}

static void hold_for_ever(int ready)
{
    tachy_stream *stream = attach(TACHY_NEWEST);
    tachy_frame *frame = NULL;
    if (tachy_stream_next(stream, patience_ns, &frame) != TACHY_OK)
        _exit(1);
    if (write(ready, "r", 1) != 1)
        _exit(1);
    for (;;)
        pause();
}

static void a_reader_killed_while_it_holds_a_frame_harms_nobody(void **state)
{
    (void)state;
    choose_name("killed");
    tachy_writer *writer = make_writer(1);
    publish(writer);
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t holder = start_child();
    if (holder == 0)
        hold_for_ever(ready[1]);
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    for (int i = 0; i < 100; i++)
        publish(writer);
    tachy_writer_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    assert_int_equal(stats.held, 1);
    assert_int_equal(stats.dropped, 0);
    kill(holder, SIGKILL);
    assert_int_equal(waitpid(holder, NULL, 0), holder);
    for (int i = 0; i < LOOKS && stats.readers != 0; i++) { // swept while it publishes
        publish(writer);
        pause_us(1000);
        assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    }
    assert_int_equal(stats.readers, 0);
    assert_int_equal(stats.held, 0);
    assert_int_equal(stats.dropped, 0);
    tachy_stream *next = attach(TACHY_NEWEST); // its reservation came back
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(next, 0, &frame), TACHY_OK);
    assert_true(is_whole(frame));
    tachy_frame_release(&frame);
    tachy_stream_detach(&next);
    tachy_writer_destroy(&writer);
    close(ready[0]);
    close(ready[1]);
    assert_int_equal(count_names(), 0);
}

static pid_t start_holder(void)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t holder = start_child();
    if (holder == 0)
        hold_for_ever(ready[1]);
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return holder;
}

static void a_new_reader_takes_over_the_reservations_of_killed_ones(void **state)
{
    (void)state;
    choose_name("takeover");
    tachy_writer *writer = make_writer(2);
    publish(writer);
    pid_t holders[] = {start_holder(), start_holder()};
    tachy_stream_params params = {.size = sizeof params, .name = name, .held_max = 2};
    tachy_stream *stream = NULL;
    assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_FULL);
    for (int i = 0; i < 2; i++) {
        kill(holders[i], SIGKILL);
        assert_int_equal(waitpid(holders[i], NULL, 0), holders[i]);
    }
    assert_int_equal(tachy_stream_attach(&params, 0, &stream),
                     TACHY_OK); // the writer does nothing meanwhile
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

// A child that outlives its parent: whatever it inherited, it must not look like its parent's life.
static void leave_a_child(int ready)
{
    if (fork() != 0)
        return;
    pid_t child = getpid(); // said by itself: what fork does in a child is done by now
    if (write(ready, &child, sizeof child) != sizeof child)
        _exit(1);
    alarm(600); // its end where the test cannot see to it
    pause();
    _exit(0);
}

static void a_forked_child_does_not_keep_its_dead_parent_alive(void **state)
{
    (void)state;
    choose_name("orphan");
    int ready[2];
    pid_t orphan = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t owner = start_child();
    if (owner == 0) {
        tachy_writer *own = make_writer(1);
        publish(own);
        tachy_stream *stream = attach(TACHY_NEWEST);
        tachy_frame *frame = NULL;
        if (tachy_stream_next(stream, 0, &frame) != TACHY_OK)
            _exit(1);
        leave_a_child(ready[1]);
        for (;;)
            pause();
    }
    assert_int_equal(read(ready[0], &orphan, sizeof orphan), sizeof orphan);
    kill(owner, SIGKILL);
    assert_int_equal(waitpid(owner, NULL, 0), owner);
    tachy_stream_params params = {.size = sizeof params, .name = name};
    tachy_stream *late = NULL;
    assert_int_equal(tachy_stream_attach(&params, 0, &late), TACHY_GONE);
    tachy_writer *writer = make_writer(1); // name, lock and all are free
    publish(writer);
    assert_int_equal(tachy_stream_attach(&params, 0, &late), TACHY_OK);
    kill(orphan, SIGKILL);
    tachy_stream_detach(&late);
    tachy_writer_destroy(&writer);
    close(ready[0]);
    close(ready[1]);
    assert_int_equal(count_names(), 0);
}

static void write_until_killed(int ready)
{
    tachy_writer *writer = make_writer(2);
    for (uint64_t sequence = 1;; sequence++) {
        tachy_draft *draft = NULL;
        if (tachy_writer_claim(writer, 0, &draft) != TACHY_OK)
            _exit(1);
        fill(draft, sequence);
        if (tachy_draft_publish(&draft) != TACHY_OK)
            _exit(1);
        if (sequence == 20 && write(ready, "r", 1) != 1)
            _exit(1);
    }
}

static void readers_of_a_killed_writer_get_its_last_whole_frame_then_gone(void **state)
{
    (void)state;
    choose_name("gone");
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = start_child();
    if (child == 0)
        write_until_killed(ready[1]);
    tachy_stream *stream = attach(TACHY_EVERY);
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    tachy_frame *frame = NULL;
    tachy_status status;
    uint64_t last = 0;
    while ((status = tachy_stream_next(stream, patience_ns, &frame)) == TACHY_OK) {
        assert_true(is_whole(frame));
        last = tachy_frame_sequence(frame);
        tachy_frame_release(&frame);
    }
    assert_int_equal(status, TACHY_GONE);
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_GONE); // and goes on saying so
    const tachy_info *info = NULL;
    assert_int_equal(tachy_stream_info(stream, &info), TACHY_OK);
    assert_int_equal(info->head, last);
    assert_false(info->alive);
    tachy_stream_params params = {.size = sizeof params, .name = name};
    tachy_stream *late = NULL;
    assert_int_equal(tachy_stream_attach(&params, 0, &late), TACHY_GONE);
    tachy_writer *writer = make_writer(2); // the name is free again
    publish(writer);
    assert_int_equal(tachy_stream_attach(&params, 0, &late), TACHY_OK);
    tachy_stream_detach(&late);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
    close(ready[0]);
    close(ready[1]);
    assert_int_equal(count_names(), 0);
    remove_names();
}

static void a_second_process_cannot_be_the_same_producer(void **state)
{
    (void)state;
    choose_name("twice");
    tachy_writer *writer = make_writer(1);
    pid_t child = start_child();
    if (child == 0) {
        tachy_plane_params plane = {"color", TACHY_U8, 1, 1, 1, 4};
        char other[80];
        snprintf(other, sizeof other, "%s2", name);
        tachy_writer_params params = {
            .size = sizeof params, .name = other, .planes = &plane, .plane_count = 1};
        tachy_writer *second = NULL;
        tachy_status status = tachy_writer_create(&params, &second);
        _exit(status == TACHY_EXISTS && strstr(tachy_error(), other) != NULL ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    tachy_writer_destroy(&writer);
    assert_int_equal(count_names(), 0);
}

// Nothing but a publish ends the reader's sleeps here.
static void a_sleeping_reader_is_woken_by_a_publish(void **state)
{
    (void)state;
    enum { WAKES = 1000 };
    choose_name("sleep");
    tachy_writer *writer = make_writer(1);
    sleeps_are(true);
    pid_t child = start_child();
    if (child == 0) {
        tachy_stream *stream = attach(TACHY_EVERY);
        for (int i = 0; i < WAKES; i++) {
            tachy_frame *frame = NULL;
            if (tachy_stream_next(stream, patience_ns, &frame) != TACHY_OK)
                _exit(1);
            tachy_frame_release(&frame);
        }
        _exit(0);
    }
    for (uint32_t i = 0, seen = 0; i < WAKES; i++) {
        assert_true(sleeps_await(seen));
        seen = sleeps_begun();
        publish(writer);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    sleeps_are(false);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(cmocka_unit_test(every_byte_of_every_frame_is_the_writers),
                cmocka_unit_test(a_reader_killed_while_it_holds_a_frame_harms_nobody),
                cmocka_unit_test(a_new_reader_takes_over_the_reservations_of_killed_ones),
                cmocka_unit_test(a_forked_child_does_not_keep_its_dead_parent_alive),
                cmocka_unit_test(readers_of_a_killed_writer_get_its_last_whole_frame_then_gone),
                cmocka_unit_test(a_second_process_cannot_be_the_same_producer),
                cmocka_unit_test(a_sleeping_reader_is_woken_by_a_publish))
