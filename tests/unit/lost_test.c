// A writer whose objects a peer truncates or blanks: it goes on in new ones, and nobody's view is written to.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include "tests/lib/stream.h"

enum { FRAMES = 40, BLANK = -1 };

static void object_path(const char *kind, char path[160])
{
    const char *name = test_stream_name();
    snprintf(path, 160, "/dev/shm/tachy.%.*s.a.%s", (int)strcspn(name, "/"), name, kind);
}

// As a hostile peer does: leaves `permille` of the object, or makes all of it zeros.
static void damage(const char *kind, int permille)
{
    char path[160];
    object_path(kind, path);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    struct stat object = {0};
    assert_true(fd >= 0 && fstat(fd, &object) == 0);
    if (permille == BLANK)
        assert_int_equal(
            fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, object.st_size), 0);
    else
        assert_int_equal(ftruncate(fd, object.st_size / 1000 * permille), 0);
    close(fd);
}

static tachy_writer_stats writer_stats(const tachy_writer *writer)
{
    tachy_writer_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    return stats;
}

static void assert_frame_is(const tachy_frame *frame, int value)
{
    const tachy_plane *color = tachy_frame_plane(frame, "color");
    const uint8_t *bytes = color->data;
    for (size_t i = 0; i < color->image_bytes; i++)
        assert_int_equal(bytes[i], value);
}

static void end(tachy_writer **writer)
{
    char producer[64] = "";
    memccpy(producer, test_stream_name(), '/', sizeof producer - 1);
    producer[strlen(producer) - 1] = 0;
    tachy_writer_destroy(writer);
    assert_int_equal(test_shm_count(producer), 0);
}

static void a_writer_goes_on_in_new_objects_when_a_peer_damages_the_registry(void **state)
{
    (void)state;
    static const int left[] = {0, 500, BLANK};
    for (int i = 0; i < 3; i++) {
        tachy_writer *writer = test_writer((tachy_writer_params){.held_max = 4});
        tachy_stream *old = test_reader((tachy_stream_params){.guard = true, .held_max = 2});
        tachy_frame *view = NULL, *none = NULL;
        test_publish(writer, 1);
        assert_int_equal(tachy_stream_next(old, 0, &view), TACHY_OK);
        damage("reg", left[i]);
        for (uint64_t number = 2; number < FRAMES; number++)
            test_publish(writer, number);
        assert_int_equal(writer_stats(writer).renewals, 1);
        assert_int_equal(writer_stats(writer).published, FRAMES - 1);
        tachy_stream *new = test_reader((tachy_stream_params){0});
        assert_int_equal(test_next_number(new), FRAMES - 1);
        test_publish(writer, FRAMES);
        assert_int_equal(test_next_number(new), FRAMES);
        assert_frame_is(view, 1);
        tachy_frame *copy = NULL;
        assert_int_equal(tachy_frame_clone(view, &copy), TACHY_OK);
        assert_frame_is(copy, 1);
        tachy_frame_release(&copy);
        tachy_frame_release(&view);
        assert_int_equal(tachy_stream_next(old, INT64_C(60000000000), &none), TACHY_GONE);
        tachy_stream_detach(&old);
        tachy_stream_detach(&new);
        end(&writer);
    }
}

static void drafts_of_the_lost_epoch_finish_in_it(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.drafts_max = 3});
    tachy_stream *old = test_reader((tachy_stream_params){.reading = TACHY_EVERY});
    tachy_draft *drafts[3] = {NULL};
    void *before, *after;
    size_t bytes;
    assert_int_equal(tachy_writer_memory(writer, &before, &bytes), TACHY_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(tachy_writer_claim(writer, 0, &drafts[i]), TACHY_OK);
    damage("reg", BLANK); // which the reader's own block survives in its memory, as zeros
    assert_int_equal(tachy_writer_claim(writer, 0, &drafts[2]), TACHY_OK);
    assert_int_equal(tachy_writer_memory(writer, &after, &bytes), TACHY_OK);
    assert_ptr_not_equal(before, after);
    char *pixel = tachy_draft_plane(drafts[2], "color", NULL);
    assert_true(pixel >= (char *)after && pixel < (char *)after + bytes);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(old, 0, &frame), TACHY_EMPTY); // while drafts are out
    memset(tachy_draft_plane(drafts[0], "color", NULL), 7, 4);
    pixel = tachy_draft_plane(drafts[0], "color", NULL);
    assert_true(pixel >= (char *)before && pixel < (char *)before + bytes);
    assert_int_equal(tachy_draft_publish(&drafts[0]), TACHY_OK);
    assert_int_equal(tachy_stream_next(old, 0, &frame), TACHY_OK);
    assert_int_equal(*(const char *)tachy_frame_plane(frame, "color")->data, 7);
    tachy_frame_release(&frame);
    tachy_draft_abort(&drafts[1]);
    assert_int_equal(tachy_stream_next(old, INT64_C(60000000000), &frame), TACHY_GONE);
    tachy_stream *new = test_reader((tachy_stream_params){0});
    assert_int_equal(tachy_draft_publish(&drafts[2]), TACHY_OK);
    assert_int_equal(tachy_stream_next(new, 0, &frame), TACHY_OK);
    assert_int_equal(tachy_frame_sequence(frame), 1);
    tachy_frame_release(&frame);
    tachy_stream_detach(&old);
    tachy_stream_detach(&new);
    end(&writer);
}

static void a_writer_survives_the_loss_of_any_object(void **state)
{
    (void)state;
    static const char *const kinds[] = {"ctl", "dat.1", "reg"};
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    test_publish(writer, 1);
    for (uint64_t i = 0; i < 3; i++) {
        damage(kinds[i], 0);
        test_publish(writer, 2 * i + 2); // may fill a slot that is gone; the next claim knows
        test_publish(writer, 2 * i + 3);
        assert_int_equal(writer_stats(writer).renewals, i + 1);
        tachy_stream *stream = test_reader((tachy_stream_params){0});
        assert_int_equal(test_next_number(stream), 2 * i + 3);
        tachy_stream_detach(&stream);
    }
    end(&writer);
}

// Looked for by claims, every 100 ms of publishing.
static void a_blanked_control_or_data_object_is_replaced(void **state)
{
    (void)state;
    static const char *const kinds[] = {"ctl", "dat.1"};
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    uint64_t number = 1;
    test_publish(writer, number++);
    for (uint64_t i = 0; i < 2; i++) {
        damage(kinds[i], BLANK);
        for (int tries = 0; writer_stats(writer).renewals == i && tries < 6000; tries++) {
            test_publish(writer, number++);
            test_pause_ms(10);
        }
        assert_int_equal(writer_stats(writer).renewals, i + 1);
        tachy_stream *stream = test_reader((tachy_stream_params){0});
        test_publish(writer, number);
        assert_int_equal(test_next_number(stream), number++);
        tachy_stream_detach(&stream);
    }
    end(&writer);
}

// Its epoch is the writer's own to know.
static void a_resize_over_a_blanked_control_object_is_seen_by_its_readers(void **state)
{
    (void)state;
    const tachy_plane_params plane = {"color", TACHY_U8, 1, 4, 4, 4};
    const tachy_writer_params resized = {
        .size = sizeof resized, .planes = &plane, .plane_count = 1};
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){.reading = TACHY_LOSSLESS});
    damage("ctl", BLANK);
    assert_int_equal(tachy_writer_resize(writer, &resized), TACHY_OK);
    test_publish(writer, 1); // the first claim, before any look for damage
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CHANGED);
    assert_int_equal(test_next_number(stream), 1);
    tachy_stream_detach(&stream);
    end(&writer);
}

static void names_that_are_removed_come_back(void **state)
{
    (void)state;
    static const char *const kinds[] = {"ctl",       "ctl.spare", "reg",
                                        "reg.spare", "dat.1",     "dat.1.spare"};
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    struct stat before[6], after[6];
    char path[160];
    for (int i = 0; i < 6; i++) {
        object_path(kinds[i], path);
        assert_int_equal(stat(path, &before[i]), 0);
    }
    uint64_t number = 0;
    for (int half = 0; half < 2; half++) { // the names, then the spares
        for (int i = half; i < 6; i += 2) {
            object_path(kinds[i], path);
            assert_int_equal(unlink(path), 0);
        }
        uint64_t want = 3 * (uint64_t)half + 3;
        for (int i = 0; i < 6000 && writer_stats(writer).names_restored < want; i++) {
            test_publish(writer, ++number);
            test_pause_ms(10);
        }
        assert_int_equal(writer_stats(writer).names_restored, want);
    }
    for (int i = 0; i < 6; i++) {
        object_path(kinds[i], path);
        assert_int_equal(stat(path, &after[i]), 0);
        assert_int_equal(before[i].st_ino, after[i].st_ino);
    }
    assert_false(writer_stats(writer).names_lost);
    assert_int_equal(writer_stats(writer).renewals, 0);
    end(&writer);
}

static void names_that_are_all_gone_are_told_of(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    char path[160];
    object_path("reg", path);
    assert_int_equal(unlink(path), 0);
    object_path("reg.spare", path);
    assert_int_equal(unlink(path), 0);
    uint64_t number = 0;
    for (int i = 0; i < 6000 && !writer_stats(writer).names_lost; i++) {
        test_publish(writer, ++number);
        test_pause_ms(10);
    }
    assert_true(writer_stats(writer).names_lost);
    assert_int_equal(test_next_number(stream), number); // who reads goes on
    tachy_stream_detach(&stream);
    end(&writer);
}

static void an_unannounced_writer_stays_hidden_in_its_new_objects(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.unannounced = true});
    char path[160];
    object_path("ctl", path);
    tachy_draft *draft = NULL;
    damage("reg", 0);
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    assert_int_equal(writer_stats(writer).renewals, 1);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    assert_int_equal(access(path, F_OK), 0);
    end(&writer);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_writer_goes_on_in_new_objects_when_a_peer_damages_the_registry),
                cmocka_unit_test(drafts_of_the_lost_epoch_finish_in_it),
                cmocka_unit_test(a_writer_survives_the_loss_of_any_object),
                cmocka_unit_test(a_blanked_control_or_data_object_is_replaced),
                cmocka_unit_test(a_resize_over_a_blanked_control_object_is_seen_by_its_readers),
                cmocka_unit_test(names_that_are_removed_come_back),
                cmocka_unit_test(names_that_are_all_gone_are_told_of),
                cmocka_unit_test(an_unannounced_writer_stays_hidden_in_its_new_objects))
