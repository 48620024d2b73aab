// The same scene and frame number give the same bytes: in two fresh processes, and with any number of the CPU driver's threads.
#include "tests/lib/main.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/producer.h"

enum { FRAMES = 24, FRAMES_MAX = 768, FIRST = 4, COMMON = 8 };

/// A hash per frame number; 0: not seen.
struct film {
    uint64_t hash[FRAMES_MAX + 1];
};

/// FNV-1a over the pixels; what lies between rows has no meaning.
static uint64_t hash_plane(uint64_t hash, const tachy_plane *plane, size_t pixel_bytes)
{
    for (size_t y = 0; y < plane->height; y++) {
        const unsigned char *row = (const unsigned char *)plane->data + y * plane->row_bytes;
        for (size_t i = 0; i < plane->width * pixel_bytes; i++)
            hash = (hash ^ row[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

static uint64_t hash_frame(const tachy_frame *frame)
{
    static const char *const names[] = {"color", "depth", "id"};
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < 3; i++) {
        const tachy_plane *plane = tachy_frame_plane(frame, names[i]);
        assert_non_null(plane);
        hash = hash_plane(hash, plane, 4); // all three have 4 bytes per pixel
    }
    return hash;
}

static void record(struct film *film, uint64_t frames, const char *const extra[])
{
    const char *arguments[16] = {"--passes", "color,depth,id", "--size", "127x95", "--fps",
                                 "10",       "--seed",         "7"};
    for (size_t i = 0; extra[i] != NULL; i++)
        arguments[8 + i] = extra[i];
    struct producer producer;
    producer_start(&producer, NULL, arguments);
    tachy_stream *stream = producer_attach(&producer, "a", TACHY_EVERY);
    *film = (struct film){0};
    for (uint64_t number = 0; number < frames;) {
        tachy_frame *frame = producer_next(&producer, stream, NULL);
        number = tachy_frame_number(frame);
        if (number <= frames)
            film->hash[number] = hash_frame(frame);
        tachy_frame_release(&frame);
    }
    tachy_stream_detach(&stream);
    producer_end(&producer);
}

/// Whether both films have enough frames, and enough of them differ from the one before: else equality would prove little.
static bool compare(const struct film *a, const struct film *b)
{
    size_t common = 0, distinct = 0;
    for (size_t i = FIRST; i <= FRAMES_MAX; i++) {
        if (a->hash[i] == 0 || b->hash[i] == 0)
            continue;
        common++;
        distinct += i > FIRST && a->hash[i] != a->hash[i - 1];
        if (a->hash[i] != b->hash[i])
            fail_msg("frame %zu has other bytes the second time", i);
    }
    return common >= COMMON && distinct >= COMMON / 2;
}

/// A reader that is late, or slow, misses frames: both then look for longer, until they have seen enough of the same ones.
static void expect_same(const char *const first[], const char *const second[])
{
    static struct film films[2];
    bool enough = false;
    for (uint64_t frames = FRAMES; frames <= FRAMES_MAX && !enough; frames *= 2) {
        record(&films[0], frames, first);
        record(&films[1], frames, second);
        enough = compare(&films[0], &films[1]);
    }
    assert_true(enough);
}

#define AS_EVER ((const char *const[]){NULL})

static void a_fresh_process_renders_the_same_bytes(void **state)
{
    (void)state;
    expect_same(AS_EVER, AS_EVER);
}

static void the_number_of_threads_changes_no_byte(void **state)
{
    (void)state;
    expect_same(AS_EVER, (const char *const[]){"--threads", "0", NULL});
}

static void the_delivery_tier_changes_no_byte(void **state)
{
    (void)state;
    expect_same(AS_EVER, (const char *const[]){"--tier", "3", NULL});
}

TACHY_TEST_MAIN(cmocka_unit_test(a_fresh_process_renders_the_same_bytes),
                cmocka_unit_test(the_number_of_threads_changes_no_byte),
                cmocka_unit_test(the_delivery_tier_changes_no_byte))
