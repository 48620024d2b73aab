// What dead writers left: the names in /dev/shm that are a writer's, producer by producer.
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/shm/folder.h"
#include "consumer/stream/clean.h"

struct tachy_cleaning {
    struct leftover *leftovers;
    size_t count, room;
    const char *stem; ///< of the one producer that is meant; NULL = all
    bool no_memory;
};

static struct leftover *add(struct tachy_cleaning *cleaning)
{
    if (cleaning->count == cleaning->room) {
        size_t room = cleaning->room == 0 ? 16 : cleaning->room * 2;
        struct leftover *grown = realloc(cleaning->leftovers, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        cleaning->leftovers = grown;
        cleaning->room = room;
    }
    struct leftover *leftover = &cleaning->leftovers[cleaning->count++];
    memset(leftover, 0, sizeof *leftover);
    return leftover;
}

static bool visit(const char *file, void *context)
{
    struct tachy_cleaning *cleaning = context;
    struct stream_name name;
    enum object_kind kind;
    char path[FOLDER_PATH_BYTES];
    struct stat found;
    if (!kind_from_file(file, &kind, &name) ||
        (cleaning->stem != NULL && strcmp(cleaning->stem, name.producer_stem) != 0))
        return true;
    folder_join(file, path);
    if (lstat(path, &found) != 0)
        return true;
    struct leftover *leftover = add(cleaning);
    cleaning->no_memory = leftover == NULL;
    if (leftover == NULL)
        return false;
    memccpy(leftover->file, file, 0, sizeof leftover->file - 1);
    leftover->name = name;
    leftover->kind = kind;
    leftover->device = found.st_dev;
    leftover->inode = found.st_ino;
    leftover->ours = S_ISREG(found.st_mode) && found.st_uid == geteuid();
    leftover->told = (tachy_cleaned){.size = sizeof leftover->told, .fate = TACHY_FOREIGN};
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct leftover *left = a, *right = b;
    int producers = strcmp(left->name.producer_stem, right->name.producer_stem);
    return producers != 0 ? producers : strcmp(left->file, right->file);
}

static void clean_each(struct tachy_cleaning *cleaning, bool force)
{
    struct leftover *all = cleaning->leftovers;
    for (size_t start = 0, end = 0; start < cleaning->count; start = end) {
        while (end < cleaning->count &&
               strcmp(all[start].name.producer_stem, all[end].name.producer_stem) == 0)
            end++;
        clean_producer(&all[start], end - start, force);
    }
    for (size_t i = 0; i < cleaning->count; i++) {
        all[i].told.name = all[i].file;
        all[i].told.producer = all[i].name.producer;
    }
}

static tachy_status copy_params(const tachy_clean_params *given, tachy_clean_params *params,
                                struct stream_name *only)
{
    if (given == NULL)
        return TACHY_OK;
    if (given->size < sizeof given->size)
        return error_set(TACHY_INVALID, "tachy_clean: params->size is not set");
    memcpy(params, given, given->size < sizeof *params ? given->size : sizeof *params);
    if (params->producer == NULL)
        return TACHY_OK;
    tachy_status status = name_parse(params->producer, only);
    if (status == TACHY_OK && strcmp(only->stream, only->producer) != 0)
        return error_set(TACHY_INVALID, "tachy_clean: %s is a stream; expected a producer: %s",
                         only->stream, only->producer);
    return status;
}

tachy_status tachy_clean(const tachy_clean_params *params, tachy_cleaning **cleaning)
{
    if (cleaning == NULL)
        return error_null(__func__, "cleaning");
    tachy_clean_params copy = {0};
    struct stream_name only = {0};
    tachy_status status = copy_params(params, &copy, &only);
    if (status != TACHY_OK)
        return status;
    tachy_cleaning *made = calloc(1, sizeof *made);
    if (made == NULL)
        return error_set(TACHY_NO_MEMORY, "tachy_clean: no memory");
    made->stem = copy.producer == NULL ? NULL : only.producer_stem;
    status = folder_scan("tachy.", visit, made);
    if (status == TACHY_OK && made->no_memory)
        status = error_set(TACHY_NO_MEMORY, "tachy_clean: no memory");
    if (status != TACHY_OK) {
        tachy_cleaning_destroy(&made);
        return status;
    }
    if (made->count > 1)
        qsort(made->leftovers, made->count, sizeof *made->leftovers, compare);
    clean_each(made, copy.force);
    made->stem = NULL;
    *cleaning = made;
    return TACHY_OK;
}

const tachy_cleaned *tachy_cleaning_at(const tachy_cleaning *cleaning, size_t index)
{
    return cleaning != NULL && index < cleaning->count ? &cleaning->leftovers[index].told : NULL;
}

void tachy_cleaning_destroy(tachy_cleaning **cleaning)
{
    if (cleaning == NULL || *cleaning == NULL)
        return;
    free((*cleaning)->leftovers);
    free(*cleaning);
    *cleaning = NULL;
}
