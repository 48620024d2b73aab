// How much shared memory there is, and who else sees it: /dev/shm, memory limits, containers.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "consumer/tools/doctor/check.h"

enum { PATH_BYTES = 4096, TMPFS = 0x01021994, NAMES_MIN = 64 };

// One stream of 1920x1080 with color, depth and id takes 224 MB.
static const uint64_t wanted = UINT64_C(256) << 20;
static const uint64_t docker_default = UINT64_C(64) << 20;
static const uint64_t no_limit = UINT64_C(1)
                                 << 62; // the first generation writes its largest number
static const double mebibyte = 1 << 20;

static const char raise_it[] =
    "in a container: docker run --shm-size=1g, or --ipc=host; elsewhere: mount -o "
    "remount,size=1g /dev/shm";

void check_shared_memory(struct check_result *result)
{
    struct statvfs space;
    struct statfs kind;
    if (statvfs("/dev/shm", &space) != 0 || statfs("/dev/shm", &kind) != 0) {
        check_see(result, false, "/dev/shm: %s", strerror(errno));
        check_advise(result, "mount -t tmpfs tmpfs /dev/shm");
        return;
    }
    uint64_t room = (uint64_t)space.f_bavail * space.f_frsize;
    uint64_t total = (uint64_t)space.f_blocks * space.f_frsize;
    bool unlimited = total == 0, named = space.f_files == 0 || space.f_favail >= NAMES_MIN;
    if (unlimited)
        check_see(result, true, "/dev/shm has no limit");
    else
        check_see(result, room >= wanted && named, "/dev/shm has %.0f MiB, %.0f MiB free",
                  (double)total / mebibyte, (double)room / mebibyte);
    if (kind.f_type != TMPFS) {
        result->ok = false;
        check_advise(result, "/dev/shm is no tmpfs: mount -t tmpfs tmpfs /dev/shm");
    } else if (!unlimited && room < wanted) {
        check_advise(result,
                     "a stream of 1920x1080 takes about 224 MB; %s; tachy ls and tachy "
                     "clean show what takes the room",
                     raise_it);
    } else if (!named) {
        check_advise(result, "%llu names are left: mount -o remount,nr_inodes=100k /dev/shm",
                     (unsigned long long)space.f_favail);
    }
}

// ---- limits

// A number from a file; UINT64_MAX for "max", or where there is none.
static uint64_t read_number(const char *folder, const char *name)
{
    char path[PATH_BYTES + 64];
    uint64_t number = UINT64_MAX;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return UINT64_MAX;
    if (fscanf(file, "%" SCNu64, &number) != 1)
        number = UINT64_MAX;
    fclose(file);
    return number;
}

/// The two generations of control groups.
static const struct hierarchy {
    const char *marker; ///< in /proc/self/cgroup, before the path
    const char *root, *limit, *used;
} hierarchies[] = {
    {":memory:", "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"},
    {"0::", "/sys/fs/cgroup", "memory.max", "memory.current"},
};

static void lower(uint64_t *least, uint64_t value)
{
    if (value < *least)
        *least = value;
}

// What the group at `path` and those above it leave: the least room of all.
static uint64_t room_in(const struct hierarchy *hierarchy, char path[PATH_BYTES])
{
    uint64_t least = UINT64_MAX;
    for (;;) {
        char folder[PATH_BYTES + 32];
        snprintf(folder, sizeof folder, "%s%s", hierarchy->root, path);
        uint64_t limit = read_number(folder, hierarchy->limit);
        uint64_t used = read_number(folder, hierarchy->used);
        if (limit < no_limit && used != UINT64_MAX)
            lower(&least, limit > used ? limit - used : 0);
        char *slash = strrchr(path, '/');
        if (slash == NULL)
            return least;
        *slash = 0;
    }
}

static uint64_t room_in_groups(void)
{
    char line[PATH_BYTES];
    uint64_t least = UINT64_MAX;
    FILE *file = fopen("/proc/self/cgroup", "re");
    if (file == NULL)
        return least;
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = 0;
        for (size_t i = 0; i < sizeof hierarchies / sizeof *hierarchies; i++) {
            char *marker = strstr(line, hierarchies[i].marker);
            if (marker != NULL)
                lower(&least, room_in(&hierarchies[i], marker + strlen(hierarchies[i].marker)));
        }
    }
    fclose(file);
    return least;
}

void check_memory_limit(struct check_result *result)
{
    uint64_t room = room_in_groups();
    if (room == UINT64_MAX) {
        check_see(result, true, "no control group limits this process");
        return;
    }
    check_see(result, room >= wanted, "%.0f MiB until this process' control group is full",
              (double)room / mebibyte);
    if (!result->ok)
        check_advise(result, "shared memory counts against it, and who goes beyond it is killed: "
                             "docker run --memory, or systemd's MemoryMax=");
}

// ---- containers

static bool file_mentions(const char *path, const char *word)
{
    char line[PATH_BYTES];
    bool found = false;
    FILE *file = fopen(path, "re");
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL)
        found = strstr(line, word) != NULL;
    if (file != NULL)
        fclose(file);
    return found;
}

static const char *container_name(void)
{
    static const struct {
        const char *file, *word, *name; ///< no word: that the file is there says it
    } signs[] = {
        {"/.dockerenv", NULL, "Docker"},
        {"/run/.containerenv", NULL, "Podman"},
        {"/proc/self/cgroup", "kubepods", "Kubernetes"},
        {"/proc/self/cgroup", "/docker", "Docker"},
        {"/proc/self/cgroup", "/lxc", "LXC"},
        {"/proc/1/environ", "container=", "a container"},
    };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        bool there = signs[i].word == NULL ? access(signs[i].file, F_OK) == 0
                                           : file_mentions(signs[i].file, signs[i].word);
        if (there)
            return signs[i].name;
    }
    return getenv("container");
}

void check_container(struct check_result *result)
{
    const char *name = container_name();
    struct statvfs space;
    bool as_delivered = statvfs("/dev/shm", &space) == 0 &&
                        (uint64_t)space.f_blocks * space.f_frsize == docker_default;
    if (name == NULL) {
        check_see(result, true, "no sign of a container");
        return;
    }
    check_see(result, !as_delivered, "%s%s", name,
              as_delivered ? ", and /dev/shm has the 64 MiB it comes with" : "");
    check_advise(result,
                 "streams are seen by those who share /dev/shm: docker run --ipc=host, or "
                 "--ipc=shareable here and --ipc=container:NAME there, as the same user%s",
                 as_delivered ? "; --shm-size=1g gives it more room" : "");
}
