// Hand-overs between two threads, each by the one release and acquire that is to carry it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/ring/ids.h"
#include "common/ring/mark.h"
#include "common/ring/writer.h"
#include "consumer/stream/stream.h"
#include "tests/tsan/races.h"

static _Atomic bool done; // relaxed everywhere: orders nothing

static void run_two(void *(*first)(void *), void *(*second)(void *), void *shared)
{
    void *(*const threads[])(void *) = {first, second};
    void *const arguments[] = {shared, shared};
    races_run(threads, arguments, 2);
}

// ---- the newest frame's descriptor, by way of the head

static void *publish_one(void *argument)
{
    races_publish(argument, 7);
    return NULL;
}

static void *peek_at_it(void *argument)
{
    const tachy_writer *writer = argument;
    const struct reader reader = {.control = writer->pool.control, .slots = writer->pool.slots};
    struct ring_descriptor seen;
    while (!reader_peek(&reader, &seen))
        continue;
    if (seen.number != 7)
        races_fail("another frame");
    return NULL;
}

void scene_peek(void)
{
    tachy_writer *writer = races_writer("a", 0);
    run_two(publish_one, peek_at_it, writer);
    tachy_writer_destroy(&writer);
}

// ---- a reader's name, by way of its block's state

static tachy_stream *attach_as(const char *reader_name)
{
    char name[64];
    snprintf(name, sizeof name, "%s/a", races_producer());
    const tachy_stream_params params = {
        .size = sizeof params, .name = name, .reader_name = reader_name};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
        races_fail("no reader");
    return stream;
}

static void *attach_one(void *argument)
{
    (void)argument;
    tachy_stream *stream = attach_as("somebody");
    while (!__c11_atomic_load(&done, memory_order_relaxed))
        continue;
    tachy_stream_detach(&stream);
    return NULL;
}

static void *look_at_it(void *argument)
{
    const tachy_writer *writer = argument;
    struct registry registry = writer_registry(writer);
    struct registry_reader seen = {0};
    while (!seen.live)
        registry_look(&registry, 0, 0, &seen);
    if (strcmp(seen.name, "somebody") != 0)
        races_fail("another name");
    __c11_atomic_store(&done, true, memory_order_relaxed);
    return NULL;
}

void scene_look(void)
{
    tachy_writer *writer = races_writer("a", 0);
    run_two(attach_one, look_at_it, writer);
    tachy_writer_destroy(&writer);
}

// ---- an object, by way of its magic

enum { OBJECT_BYTES = 256 };

static void *finish_it(void *argument)
{
    struct ring_mark *mark = argument;
    memset((char *)mark + sizeof *mark, 5, OBJECT_BYTES - sizeof *mark);
    mark_prepare(mark, 1, 0, OBJECT_BYTES);
    mark_finish(mark, RING_MAGIC_DATA);
    return NULL;
}

static void *check_it(void *argument)
{
    const struct segment segment = {.base = argument, .bytes = OBJECT_BYTES};
    while (mark_check("object", &segment, RING_MAGIC_DATA, OBJECT_BYTES) != TACHY_OK)
        continue;
    if (((const char *)argument)[OBJECT_BYTES - 1] != 5)
        races_fail("another object");
    return NULL;
}

void scene_mark(void)
{
    void *object = calloc(1, OBJECT_BYTES);
    run_two(finish_it, check_it, object);
    free(object);
}

// ---- why a wait is ended, by way of the interrupt and of the nudge

struct reason {
    struct reader *reader; // of a stream that is attached
    int why;
};

static void *interrupt_it(void *argument)
{
    struct reason *reason = argument;
    reason->why = 5;
    reader_interrupt(reason->reader);
    return NULL;
}

static void *be_interrupted(void *argument)
{
    struct reason *reason = argument;
    while (!reader_take_interrupt(reason->reader))
        continue;
    if (reason->why != 5)
        races_fail("another reason");
    return NULL;
}

static void run_attached(void *(*first)(void *), void *(*second)(void *))
{
    tachy_writer *writer = races_writer("a", 0);
    tachy_stream *stream = attach_as("somebody");
    struct reason reason = {.reader = &stream->reader};
    run_two(first, second, &reason);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

void scene_interrupt(void)
{
    run_attached(interrupt_it, be_interrupted);
}

static void *nudge_it(void *argument)
{
    struct reason *reason = argument;
    reason->why = 5;
    reader_nudge(reason->reader);
    return NULL;
}

static void *be_nudged(void *argument)
{
    struct reason *reason = argument;
    while (reader_nudges(reason->reader) == 0)
        continue;
    if (reason->why != 5)
        races_fail("another reason");
    return NULL;
}

void scene_nudge(void)
{
    run_attached(nudge_it, be_nudged);
}

// ---- what is taken apart by its last user: a reader, a copy of the id table

static void *use_and_drop(void *argument)
{
    struct reason *reason = argument;
    if (reason->why != 5)
        races_fail("another reason");
    if (reader_drop(reason->reader))
        memset(reason, 0, sizeof *reason);
    return NULL;
}

void scene_drop(void)
{
    struct reader reader = {.references = 2};
    struct reason reason = {.reader = &reader, .why = 5};
    run_two(use_and_drop, use_and_drop, &reason);
}

static void *use_and_release(void *argument)
{
    struct id_copy *copy = argument;
    if (copy->strings[0] != 5)
        races_fail("another copy");
    ids_release(&copy);
    return NULL;
}

void scene_ids(void)
{
    struct id_copy *copy = calloc(1, sizeof *copy);
    copy->strings = malloc(64);
    memset(copy->strings, 5, 64);
    ids_retain(copy);
    ids_retain(copy);
    run_two(use_and_release, use_and_release, copy);
}
