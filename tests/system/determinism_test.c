// The same scene and frame number give the same bytes: in two fresh processes, and with any number of the CPU driver's threads.
#include "tests/lib/main.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/producer.h"

enum { FRAMES = 24, FIRST = 4 };

/// A hash per frame number; 0: not seen.
struct film {
    uint64_t hash[FRAMES + 1];
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

static void record(struct film *film, const char *const extra[])
{
    const char *arguments[16] = {"--passes", "color,depth,id", "--size", "127x95", "--fps",
                                 "10",       "--seed",         "7"};
    for (size_t i = 0; extra[i] != NULL; i++)
        arguments[8 + i] = extra[i];
    struct producer producer;
    producer_start(&producer, NULL, arguments);
    tachy_stream *stream = producer_attach(&producer, "a", TACHY_EVERY);
    *film = (struct film){0};
    for (uint64_t number = 0; number < FRAMES;) {
        tachy_frame *frame = producer_next(&producer, stream, NULL);
        number = tachy_frame_number(frame);
        if (number <= FRAMES)
            film->hash[number] = hash_frame(frame);
        tachy_frame_release(&frame);
    }
    tachy_stream_detach(&stream);
    producer_end(&producer);
}

static void compare(const struct film *a, const struct film *b)
{
    size_t common = 0, distinct = 0;
    for (size_t i = FIRST; i <= FRAMES; i++) {
        if (a->hash[i] == 0 || b->hash[i] == 0)
            continue;
        common++;
        distinct += i > FIRST && a->hash[i] != a->hash[i - 1];
        if (a->hash[i] != b->hash[i])
            fail_msg("frame %zu has other bytes the second time", i);
    }
    assert_true(common >= 8);
    assert_true(distinct >= 4); // something moves: else equality would prove little
}

static void a_fresh_process_renders_the_same_bytes(void **state)
{
    (void)state;
    struct film first, second;
    record(&first, (const char *const[]){NULL});
    record(&second, (const char *const[]){NULL});
    compare(&first, &second);
}

static void the_number_of_threads_changes_no_byte(void **state)
{
    (void)state;
    struct film many, none;
    record(&many, (const char *const[]){NULL});
    record(&none, (const char *const[]){"--threads", "0", NULL});
    compare(&many, &none);
}

static void the_delivery_tier_changes_no_byte(void **state)
{
    (void)state;
    struct film rendered, copied;
    record(&rendered, (const char *const[]){NULL});
    record(&copied, (const char *const[]){"--tier", "3", NULL});
    compare(&rendered, &copied);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_fresh_process_renders_the_same_bytes),
                cmocka_unit_test(the_number_of_threads_changes_no_byte),
                cmocka_unit_test(the_delivery_tier_changes_no_byte))
