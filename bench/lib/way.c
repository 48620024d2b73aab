// One way of measuring that all carriers go through.
#include "bench/lib/way.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "bench/lib/pair.h"
#include "common/base/clock.h"

enum { SPIN_GAP_NS = 5 * NS_PER_US, SLEEP_GAP_NS = NS_PER_MS };
enum { ASLEEP_FRAMES = 50, COPIES_BYTES_MAX = 1 << 28, COPIES_MIN = 16, SLOTS_MAX = 12 };

const struct way way_table[WAY_COUNT] = {
    {"in place, spinning", false, false},
    {"in place, sleeping", true, false},
    {"copied in, spinning", false, true},
    {"copied in, sleeping", true, true},
};

uint64_t way_frames(const struct way *way, const struct frame_size *size, bool quick)
{
    uint64_t frames = way->sleeping ? ASLEEP_FRAMES : WAY_FRAMES_MAX;
    uint64_t few = COPIES_BYTES_MAX / size->bytes;
    if (way->copied && frames > few)
        frames = few < COPIES_MIN ? COPIES_MIN : few;
    return quick && frames > 4 * COPIES_MIN ? frames / 4 : frames;
}

uint64_t way_warm_up(const struct frame_size *size)
{
    return size->bytes > 1 << 20 ? 8 : 20;
}

const char *way_refuses(const struct way *way, const struct carrier *carrier, size_t bytes)
{
    bool copies = bytes > carrier->in_place_max;
    return copies && !way->copied ? "it copies every frame of this size" : NULL;
}

bool way_copies(const struct way *way, const struct carrier *carrier, size_t bytes)
{
    return way->copied && bytes <= carrier->in_place_max;
}

void way_pause(const struct way *way)
{
    pair_spin_ns(way->sleeping ? SLEEP_GAP_NS : SPIN_GAP_NS);
}

void way_name(struct route *route)
{
    static unsigned runs;
    snprintf(route->name, sizeof(route->name), "bench-%d-%u/a", (int)getpid(), ++runs);
}

uint64_t way_switches(void)
{
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_nvcsw;
}

const char *way_lacks_room(const struct frame_size *size)
{
    struct statvfs room;
    if (statvfs("/dev/shm", &room) != 0 ||
        (uint64_t)room.f_bavail * room.f_frsize >= SLOTS_MAX * (uint64_t)size->bytes)
        return NULL;
    return "/dev/shm has too little room";
}
