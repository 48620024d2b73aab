// Fault 24: names that Python's resource_tracker removes under a real producer.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/producer.h"

static bool wait_until_said(const struct producer *producer, const char *words)
{
    bool said = false;
    for (int i = 0; i < 600 && !said; i++) {
        char *text = process_said(&producer->process);
        said = strstr(text, words) != NULL;
        free(text);
        usleep(100000);
    }
    return said;
}

// Opens the object by Python's SharedMemory; at exit its resource_tracker removes the name.
static void touch_by_python(const char *producer, const char *kind)
{
    char code[512];
    snprintf(code, sizeof code,
             "import os; from multiprocessing.shared_memory import SharedMemory; "
             "s = SharedMemory('tachy.%s.%s'); print(s.size); s.close()",
             producer, kind);
    struct process python;
    process_start(&python, (const char *const[]){"/usr/bin/python3", "-c", code, NULL});
    assert_int_equal(process_end(&python, 0), 0);
}

// The tracker is a process of its own and removes the name some time after Python's end; what changes is the object's ctime.
static bool was_unlinked(const struct stat *before, const struct stat *after)
{
    return after->st_ctim.tv_sec != before->st_ctim.tv_sec ||
           after->st_ctim.tv_nsec != before->st_ctim.tv_nsec;
}

static void fault_24_a_name_that_python_removes_is_linked_back_and_told_once(void **state)
{
    (void)state;
    static const char *const kinds[] = {"a.ctl", "a.reg", "a.dat.1", "ids.0"};
    struct producer producer;
    producer_start(&producer, NULL, (const char *const[]){"--size", "64x48", "--fps", "60", NULL});
    tachy_stream *first = producer_attach(&producer, "a", TACHY_NEWEST);
    tachy_frame *frame = producer_next(&producer, first, NULL);
    tachy_frame_release(&frame);
    for (int i = 0; i < 4; i++) {
        char path[128];
        struct stat before, after = {0};
        snprintf(path, sizeof path, "/dev/shm/tachy.%s.%s", producer.name, kinds[i]);
        assert_int_equal(stat(path, &before), 0);
        touch_by_python(producer.name, kinds[i]);
        bool back = false;
        for (int try = 0; try < 600 && !back; try++) {
            back = stat(path, &after) == 0 && after.st_nlink == 2 && was_unlinked(&before, &after);
            usleep(100000);
        }
        assert_true(back);
        assert_int_equal(after.st_ino, before.st_ino);
    }
    frame = producer_next(&producer, first, NULL); // who was attached goes on
    tachy_frame_release(&frame);
    tachy_stream *second = producer_attach(&producer, "a", TACHY_NEWEST);
    frame = producer_next(&producer, second, NULL);
    tachy_frame_release(&frame);
    static const char words[] = "they were linked back";
    assert_true(wait_until_said(&producer, words));
    char *said = process_said(&producer.process);
    assert_null(strstr(strstr(said, words) + 1, words));
    free(said);
    tachy_stream_detach(&first);
    tachy_stream_detach(&second);
    producer_end(&producer);
}

TACHY_TEST_MAIN(cmocka_unit_test(fault_24_a_name_that_python_removes_is_linked_back_and_told_once))
