// Everything at once: a process writes random bytes into every object of a live stream, readers of all kinds and tools look on.
//
// What is written is taken back a moment later, so that most of a stream is whole most of the time and readers get far.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/ring/layout.h"
#include "tests/lib/main.h"
#include "tests/lib/peer.h"
#include "tests/lib/process.h"
#include "tests/lib/stream.h"

enum { ROUNDS = 300, LOOKS = 12, OBJECTS = 4, HEADS = 16384 };

static const int64_t ms_ns = 1000000;
static const char *const kinds[OBJECTS] = {"a.ctl", "a.reg", "a.dat.1", "ids.0"};
static struct scribbled objects[OBJECTS];

// ---- the peer that means harm

static uint32_t next_random(void)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

// Up to 8 bytes of one object. Most of what is believed lies at its start.
static void flip(struct scribbled *unused, unsigned round)
{
    static const uint64_t values[] = {0, 1, UINT32_MAX, UINT64_MAX, UINT64_C(1) << 31};
    (void)unused;
    struct scribbled *object = &objects[round % OBJECTS];
    size_t end = object->bytes < HEADS ? object->bytes : HEADS;
    size_t bytes = 1U << (next_random() % 4), at = next_random() % (end / bytes) * bytes;
    uint64_t before = 0, now = (uint64_t)next_random() << 32 | next_random();
    if (next_random() % 2 == 0)
        now = values[next_random() % 5];
    memcpy(&before, object->base + at, bytes);
    memcpy(object->base + at, &now, bytes);
    if (round % 16 != 0)
        usleep(next_random() % 200);
    memcpy(object->base + at, &before, bytes);
}

// ---- those who look on

static volatile uint64_t sink; // what is read counts as used

static void read_frame(const tachy_frame *frame)
{
    static const char *const planes[] = {"color", "depth"};
    uint8_t picture[TEST_WIDTH * TEST_HEIGHT * 3];
    size_t count = 0;
    for (int i = 0; i < 2; i++) {
        const tachy_plane *plane = tachy_frame_plane(frame, planes[i]);
        for (size_t at = 0; plane != NULL && at < plane->image_bytes * plane->count; at++)
            sink += ((const uint8_t *)plane->data)[at];
        tachy_frame_encode(frame, 0, i == 0 ? "_img" : "_depth", NULL, picture, sizeof picture,
                           (size_t)TEST_WIDTH * 3);
    }
    tachy_frame_cameras(frame, &count);
    const tachy_identity *identities = tachy_frame_identities(frame, &count);
    for (size_t i = 0; i < count; i++)
        sink += strlen(identities[i].name) + strlen(identities[i].category);
}

static void read_stream(tachy_stream *stream, bool by_number)
{
    const tachy_info *info = NULL;
    tachy_stats stats = {.size = sizeof stats};
    uint64_t number = 0;
    int fd = -1;
    tachy_stream_fd(stream, &fd);
    for (int i = 0; i < 8; i++) {
        tachy_frame *frame = NULL, *clone = NULL;
        tachy_status status = by_number ? tachy_stream_at(stream, number + 2, ms_ns, &frame)
                                        : tachy_stream_next(stream, 5 * ms_ns, &frame);
        if (status != TACHY_OK)
            continue;
        number = tachy_frame_number(frame);
        read_frame(frame);
        if (tachy_frame_clone(frame, &clone) == TACHY_OK)
            read_frame(clone);
        tachy_frame_release(&clone);
        tachy_frame_release(&frame);
    }
    tachy_stream_info(stream, &info);
    tachy_stream_stats(stream, &stats);
}

// One reader's life, again and again, in every way there is. Ends the process; 0: it read, and nothing went wrong.
static void read_on(const char *name, unsigned way)
{
    int attached = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(280); // a hang
    for (unsigned round = 0; round < ROUNDS || attached == 0; round++, way++) {
        const tachy_stream_params params = {.size = sizeof params,
                                            .name = name,
                                            .reading = way % 4 == 3 ? TACHY_NEWEST : way % 4,
                                            .copying = way % 4 == 3,
                                            .verify = way / 4 % 2 != 0,
                                            .guard = way / 8 % 2 != 0,
                                            .follow = way / 16 % 2 != 0,
                                            .spin_ns = way / 32 % 2 != 0 ? ms_ns : 0,
                                            .held_max = 1};
        tachy_stream *stream = NULL;
        if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
            continue;
        attached++;
        read_stream(stream, round % 3 == 0);
        tachy_stream_detach(&stream);
    }
    exit(0); // not _exit: the sanitizers look for leaks
}

static void expect_tools_to_end(const char *stream)
{
    const char *const commands[][6] = {{TACHY_TEST_BIN "/tachy", "info", stream, "--wait", "0"},
                                       {TACHY_TEST_BIN "/tachy", "info", stream, "--json"},
                                       {TACHY_TEST_BIN "/tachy", "ls"},
                                       {TACHY_TEST_BIN "/tachy", "ls", "--json"},
                                       {TACHY_TEST_BIN "/tachy", "top", "--once"},
                                       {TACHY_TEST_BIN "/tachy", "hz", stream, "--count", "3"}};
    for (int i = 0; i < LOOKS; i++) {
        struct process tool;
        process_start(&tool, commands[i % 6]);
        int status = process_end(&tool, 0); // whatever it says; 255 is a hang
        if (status > 127 || status == 99)
            fail_msg("tachy %s ended with %d", commands[i % 6][1], status);
    }
}

static pid_t start_reader(const char *name, unsigned way)
{
    fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        read_on(name, way);
    return child;
}

static void readers_and_tools_outlive_random_bytes_in_every_object(void **state)
{
    (void)state;
    enum { READERS = 3 };
    struct peer peer;
    peer_start(&peer,
               (tachy_writer_params){
                   .readers_max = 8, .held_max = 8, .verify = true, .lossless_wait_ns = 5 * ms_ns},
               true);
    for (int i = 0; i < OBJECTS; i++)
        objects[i] = scribble(peer.name, kinds[i]);
    pid_t flipper = scribble_start(flip, NULL), readers[READERS];
    for (unsigned i = 0; i < READERS; i++)
        readers[i] = start_reader(peer.name, i * 11);
    expect_tools_to_end(peer.name);
    for (int i = 0; i < READERS; i++) {
        int status = -1;
        assert_int_equal(waitpid(readers[i], &status, 0), readers[i]);
        if (status != 0)
            fail_msg("reader %d: wait status 0x%x", i, (unsigned)status);
    }
    scribble_stop(flipper);
    int writer = 0;
    assert_int_equal(waitpid(peer.pid, &writer, WNOHANG), 0); // it lives
    for (int i = 0; i < OBJECTS; i++)
        scribble_end(&objects[i]);
    peer_end(&peer);
}

static void a_writer_believes_nothing_that_it_wrote_where_peers_can(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.verify = true});
    const tachy_identity chair = {.object_id = 1, .name = "chair"};
    uint32_t id = 0;
    assert_int_equal(tachy_writer_add_identity(writer, &chair, &id), TACHY_OK);
    struct scribbled control = scribble(test_stream_name(), "a.ctl");
    struct scribbled ids = scribble(test_stream_name(), "ids.0");
    ((struct ring_control *)control.base)->about.crc_offset = UINT64_C(1) << 40;
    ((struct ring_ids *)ids.base)->strings_offset = UINT64_C(1) << 40;
    ((struct ring_ids *)ids.base)->strings_bytes = UINT64_MAX;
    ((struct ring_ids *)ids.base)->rows_max = UINT32_MAX;
    for (int i = 0; i < 1500; i++) // into the next generation, which is copied from this one
        assert_int_equal(tachy_writer_add_identity(writer, &chair, &id), TACHY_OK);
    test_publish(writer, 1);
    scribble_end(&control);
    scribble_end(&ids);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_writer_believes_nothing_that_it_wrote_where_peers_can),
                cmocka_unit_test(readers_and_tools_outlive_random_bytes_in_every_object))
