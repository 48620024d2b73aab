// All that a stream's threads do at once, on plain memory that is checked byte by byte.
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "common/base/clock.h"
#include "tests/tsan/races.h"

enum { FRAMES_PER_LIFE = 200, HELD = 3 };

static _Atomic bool over; // relaxed everywhere: orders nothing

static bool goes_on(void)
{
    return !__c11_atomic_load(&over, memory_order_relaxed);
}

/// A frame on its way to the thread that releases it. Only the way there is ordered.
struct mailbox {
    _Atomic(tachy_frame *) frame;
};

/// One reader's way of reading, life after life.
struct role {
    tachy_reading reading;
    bool seeking;
    struct mailbox *mailbox;
};

static void read_frame(const tachy_frame *frame)
{
    static const char *const names[] = {"color", "depth"};
    uint8_t want = (uint8_t)tachy_frame_number(frame);
    for (int i = 0; i < 2; i++) {
        const tachy_plane *plane = tachy_frame_plane(frame, names[i]);
        const uint8_t *bytes = plane->data;
        for (size_t at = 0; at < plane->image_bytes; at++)
            if (bytes[at] != want)
                races_fail("a torn frame");
    }
    size_t count = 0;
    const tachy_camera *cameras = tachy_frame_cameras(frame, &count);
    if (cameras == NULL || cameras[0].fx != (double)tachy_frame_number(frame))
        races_fail("a torn header");
    const tachy_identity *identities = tachy_frame_identities(frame, &count);
    for (size_t i = 0; i < count; i++)
        if (identities[i].object_id != (int64_t)i)
            races_fail("a torn id table");
}

static void hand_over(struct mailbox *mailbox, tachy_frame *frame)
{
    while (goes_on() && __c11_atomic_load(&mailbox->frame, memory_order_relaxed) != NULL)
        continue;
    __c11_atomic_store(&mailbox->frame, frame, memory_order_release);
}

static void take_one(tachy_stream *stream, const struct role *role, uint64_t *last)
{
    tachy_frame *frame = NULL;
    tachy_status status = role->seeking ? tachy_stream_at(stream, *last + 3, NS_PER_MS, &frame)
                                        : tachy_stream_next(stream, NS_PER_MS, &frame);
    if (status == TACHY_NOT_FOUND)
        *last += 16;
    if (status < 0 && status != TACHY_BUSY && status != TACHY_NOT_FOUND)
        races_fail("a frame is refused");
    if (status != TACHY_OK)
        return;
    *last = tachy_frame_number(frame);
    read_frame(frame);
    if (role->mailbox != NULL)
        hand_over(role->mailbox, frame);
    else
        tachy_frame_release(&frame);
}

static void *read_on(void *argument)
{
    const struct role *role = argument;
    char name[64];
    snprintf(name, sizeof name, "%s/a", races_producer());
    const tachy_stream_params params = {.size = sizeof params,
                                        .name = name,
                                        .reading = role->reading,
                                        .verify = true,
                                        .held_max = role->mailbox == NULL ? 1 : HELD};
    while (goes_on()) {
        tachy_stream *stream = NULL;
        if (tachy_stream_attach(&params, NS_PER_S, &stream) != TACHY_OK)
            races_fail("no reader");
        uint64_t last = 0;
        for (int i = 0; i < FRAMES_PER_LIFE && goes_on(); i++)
            take_one(stream, role, &last);
        tachy_stream_detach(&stream);
    }
    return NULL;
}

static void *release_on(void *argument)
{
    struct mailbox *mailbox = argument;
    for (;;) {
        tachy_frame *frame = __c11_atomic_load(&mailbox->frame, memory_order_acquire);
        if (frame == NULL && !goes_on())
            return NULL;
        if (frame == NULL)
            continue;
        read_frame(frame);
        __c11_atomic_store(&mailbox->frame, NULL, memory_order_relaxed);
        tachy_frame_release(&frame);
    }
}

// Another writer's thread of the same producer: its rows travel with the first one's frames.
static void *add_identities(void *argument)
{
    tachy_writer *writer = argument;
    for (int64_t i = 0; goes_on(); i++) {
        const tachy_identity identity = {.object_id = i, .name = "chair", .category = "thing"};
        uint32_t id;
        if (tachy_writer_add_identity(writer, &identity, &id) != TACHY_OK)
            races_fail("no identity");
        nanosleep(&(struct timespec){.tv_nsec = 2 * NS_PER_MS}, NULL);
    }
    return NULL;
}

static void *list_on(void *argument)
{
    (void)argument;
    while (goes_on()) {
        tachy_listing *listing = NULL;
        if (tachy_listing_create(&listing) != TACHY_OK)
            races_fail("no listing");
        tachy_listing_destroy(&listing);
    }
    return NULL;
}

struct span {
    tachy_writer *writer;
    int64_t ns;
};

static void *write_on(void *argument)
{
    const struct span *span = argument;
    int64_t until = clock_now_ns() + span->ns;
    for (uint64_t number = 1; clock_now_ns() < until; number++)
        races_publish(span->writer, number);
    __c11_atomic_store(&over, true, memory_order_relaxed);
    return NULL;
}

void stress_run(double seconds)
{
    static struct mailbox mailbox;
    static struct role roles[] = {{.reading = TACHY_NEWEST},
                                  {.reading = TACHY_EVERY},
                                  {.reading = TACHY_LOSSLESS},
                                  {.reading = TACHY_NEWEST},
                                  {.reading = TACHY_EVERY, .seeking = true},
                                  {.reading = TACHY_EVERY, .mailbox = &mailbox}};
    enum { ROLES = sizeof roles / sizeof *roles };
    tachy_writer *writer = races_writer("a", 20 * NS_PER_MS), *other = races_writer("b", 0);
    struct span span = {writer, (int64_t)(seconds * NS_PER_S)};
    void *(*threads[ROLES + 4])(void *) = {write_on, add_identities, release_on, list_on};
    void *arguments[ROLES + 4] = {&span, other, &mailbox, NULL};
    for (int i = 0; i < ROLES; i++) {
        threads[i + 4] = read_on;
        arguments[i + 4] = &roles[i];
    }
    races_run(threads, arguments, ROLES + 4);
    tachy_writer_destroy(&other);
    tachy_writer_destroy(&writer);
}
