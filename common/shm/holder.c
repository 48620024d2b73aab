// Who holds a lock, by what /proc tells of each process' descriptors and mappings.
#include "common/shm/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { PATH_BYTES = 96, LINE_BYTES = 512 };

/// One thread's view of its process: of a process whose first thread has ended, only the others' show anything.
struct look {
    struct held_object *objects;
    size_t count;
    uint32_t pid;
    char task[PATH_BYTES]; ///< "/proc/1/task/1"
    bool has_descriptors, holds, is_writer;
};

static bool is_number(const char *text)
{
    return isdigit((unsigned char)text[0]) != 0;
}

// Calls `visit` for each entry of a /proc folder whose name is a number.
static void each_number(const char *folder, void (*visit)(const char *number, void *context),
                        void *context)
{
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return;
    const struct dirent *entry;
    while ((entry = readdir(entries)) != NULL) {
        if (is_number(entry->d_name))
            visit(entry->d_name, context);
    }
    closedir(entries);
}

// A line such as "lock:  1: OFDLCK ADVISORY  WRITE -1 00:1b:36947 0 0", of a range that begins with byte 0.
static bool is_write_lock(const char *line)
{
    uint64_t start;
    return sscanf(line, "lock: %*u: OFDLCK %*s WRITE %*s %*s %" SCNu64, &start) == 1 && start == 0;
}

static bool has_write_lock(const struct look *look, const char *descriptor)
{
    char path[PATH_BYTES + 64], line[LINE_BYTES];
    snprintf(path, sizeof path, "%s/fdinfo/%.10s", look->task, descriptor);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool found = false;
    while (!found && fgets(line, sizeof line, file) != NULL)
        found = is_write_lock(line);
    fclose(file);
    return found;
}

static void look_at_descriptor(const char *descriptor, void *context)
{
    struct look *look = context;
    char path[PATH_BYTES + 64];
    struct stat file;
    look->has_descriptors = true;
    snprintf(path, sizeof path, "%s/fd/%.10s", look->task, descriptor);
    if (stat(path, &file) != 0 || !S_ISREG(file.st_mode))
        return;
    if (file.st_nlink == 0 && file.st_dev == look->objects[0].device)
        look->is_writer = true;
    for (size_t i = 0; i < look->count; i++) {
        struct held_object *object = &look->objects[i];
        if (file.st_dev != object->device || file.st_ino != object->inode ||
            !has_write_lock(look, descriptor))
            continue;
        object->holder = look->pid;
        look->holds = true;
    }
}

// A line such as "7fb2-7fb3 rw-s 00000000 00:1b 36947   /dev/shm/#36947 (deleted)".
static bool maps_for_writing(const struct look *look, const char *line)
{
    char rights[5];
    unsigned major_number, minor_number;
    uint64_t inode;
    if (sscanf(line, "%*s %4s %*s %x:%x %" SCNu64, rights, &major_number, &minor_number, &inode) !=
            4 ||
        rights[1] != 'w' || rights[3] != 's')
        return false;
    for (size_t i = 0; i < look->count; i++) {
        if (look->objects[i].inode == inode &&
            look->objects[i].device == makedev(major_number, minor_number))
            return true;
    }
    return false;
}

static bool has_mapping(const struct look *look)
{
    char path[PATH_BYTES + 64], line[LINE_BYTES];
    snprintf(path, sizeof path, "%s/maps", look->task);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool found = false;
    while (!found && fgets(line, sizeof line, file) != NULL)
        found = maps_for_writing(look, line);
    fclose(file);
    return found;
}

struct walk {
    struct held_object *objects;
    size_t count;
    const char *process;
    bool looked; ///< a thread of this process showed its descriptors
    uint32_t writer;
};

static void look_at_thread(const char *thread, void *context)
{
    struct walk *walk = context;
    if (walk->looked)
        return;
    struct look look = {.objects = walk->objects, .count = walk->count};
    look.pid = (uint32_t)strtoul(walk->process, NULL, 10);
    snprintf(look.task, sizeof look.task, "/proc/%.10s/task/%.10s", walk->process, thread);
    char folder[PATH_BYTES + 8];
    snprintf(folder, sizeof folder, "%s/fd", look.task);
    each_number(folder, look_at_descriptor, &look);
    walk->looked = look.has_descriptors;
    if (look.holds && (look.is_writer || has_mapping(&look)))
        walk->writer = look.pid;
}

static void look_at_process(const char *process, void *context)
{
    struct walk *walk = context;
    char folder[PATH_BYTES];
    snprintf(folder, sizeof folder, "/proc/%.10s/task", process);
    walk->process = process;
    walk->looked = false;
    each_number(folder, look_at_thread, walk);
}

struct holder_answer holder_find(struct held_object *objects, size_t count)
{
    struct walk walk = {.objects = objects, .count = count};
    for (size_t i = 0; i < count; i++)
        objects[i].holder = 0;
    each_number("/proc", look_at_process, &walk);
    struct holder_answer answer = {.all_seen = count > 0, .writer = walk.writer};
    for (size_t i = 0; i < count; i++)
        answer.all_seen = answer.all_seen && objects[i].holder != 0;
    return answer;
}
