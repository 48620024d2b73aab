// The streams on this machine, as they are now.
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/shm/folder.h"
#include "common/shm/lock.h"
#include "consumer/stream/stream.h"

struct entry {
    struct objects objects; ///< unmapped; names and geometry stay
    tachy_status status;    ///< a failure: there is nothing but the name, and `line`
    char *line;
    tachy_info info;
    size_t reader_count;
    tachy_reader_info readers[RING_READERS_MAX];
    char reader_names[RING_READERS_MAX][RING_NAME_BYTES];
};

struct tachy_listing {
    struct entry **entries;
    size_t readable, count, room; ///< the readable ones come first
    bool no_memory;
};

static void entry_destroy(struct entry *entry)
{
    if (entry != NULL && entry->status == TACHY_OK)
        objects_close(&entry->objects);
    if (entry != NULL)
        free(entry->line);
    free(entry);
}

// A block whose lock is free is a dead reader's that nobody has swept yet.
static void list_readers(struct entry *entry)
{
    struct registry registry = objects_registry(&entry->objects);
    for (uint32_t i = 0; i < registry.readers_max; i++) {
        struct registry_reader reader;
        objects_look(&entry->objects, i, entry->info.head, &reader);
        if (!reader.live || !lock_is_held(registry.fd, i))
            continue;
        size_t at = entry->reader_count++;
        memcpy(entry->reader_names[at], reader.name, sizeof reader.name);
        entry->readers[at] = (tachy_reader_info){.size = sizeof(tachy_reader_info),
                                                 .name = entry->reader_names[at],
                                                 .pid = reader.pid,
                                                 .reading = reader.reading,
                                                 .stats = reader.stats};
    }
}

static void look(struct entry *entry)
{
    info_fill(&entry->objects, &entry->info);
    list_readers(entry);
    segment_finish(&entry->objects.generation->data);
    segment_finish(&entry->objects.registry);
    segment_finish(&entry->objects.control);
    entry->objects.map = NULL;
}

static struct entry *entry_create(const struct stream_name *name)
{
    struct entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL)
        return NULL;
    entry->status = objects_open(name, SEGMENT_READ, &entry->objects);
    if (entry->status == TACHY_OK) {
        look(entry);
        return entry;
    }
    entry->objects.name = *name;
    entry->line = strdup(error_line());
    if (entry->line != NULL)
        return entry;
    free(entry);
    return NULL;
}

static bool make_room(struct tachy_listing *listing)
{
    if (listing->count < listing->room)
        return true;
    size_t room = listing->room == 0 ? 16 : listing->room * 2;
    struct entry **grown = realloc(listing->entries, room * sizeof(struct entry *));
    if (grown == NULL)
        return false;
    listing->entries = grown;
    listing->room = room;
    return true;
}

// One that has just gone is passed over; one that cannot be read is kept with the reason.
static bool visit(const char *file, void *context)
{
    struct tachy_listing *listing = context;
    struct stream_name name;
    if (!name_from_control(file, &name))
        return true;
    struct entry *entry = make_room(listing) ? entry_create(&name) : NULL;
    listing->no_memory = entry == NULL;
    if (entry == NULL)
        return false;
    if (entry->status == TACHY_NOT_FOUND) {
        entry_destroy(entry);
        return true;
    }
    listing->entries[listing->count++] = entry;
    listing->readable += entry->status == TACHY_OK;
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct entry *const *left = a, *const *right = b;
    bool left_fails = (*left)->status != TACHY_OK, right_fails = (*right)->status != TACHY_OK;
    if (left_fails != right_fails)
        return left_fails ? 1 : -1;
    return strcmp((*left)->objects.name.stream, (*right)->objects.name.stream);
}

tachy_status tachy_listing_create(tachy_listing **listing)
{
    if (listing == NULL)
        return error_null(__func__, "listing");
    tachy_listing *made = calloc(1, sizeof *made);
    if (made == NULL)
        return error_set(TACHY_NO_MEMORY, "listing: no memory");
    tachy_status status = folder_scan("tachy.", visit, made);
    if (status == TACHY_OK && made->no_memory)
        status = error_set(TACHY_NO_MEMORY, "listing: no memory");
    if (status != TACHY_OK) {
        tachy_listing_destroy(&made);
        return status;
    }
    if (made->count > 1)
        qsort(made->entries, made->count, sizeof(struct entry *), compare);
    *listing = made;
    return TACHY_OK;
}

const tachy_info *tachy_listing_at(const tachy_listing *listing, size_t index)
{
    return listing != NULL && index < listing->readable ? &listing->entries[index]->info : NULL;
}

tachy_status tachy_listing_failure(const tachy_listing *listing, size_t index, const char **name,
                                   const char **line)
{
    if (listing == NULL)
        return error_null(__func__, "listing");
    if (name == NULL)
        return error_null(__func__, "name");
    if (line == NULL)
        return error_null(__func__, "line");
    if (index >= listing->count - listing->readable)
        return TACHY_OK;
    const struct entry *entry = listing->entries[listing->readable + index];
    *name = entry->objects.name.stream;
    *line = entry->line;
    return entry->status;
}

const tachy_reader_info *tachy_listing_reader(const tachy_listing *listing, size_t index,
                                              size_t reader)
{
    if (listing == NULL || index >= listing->readable ||
        reader >= listing->entries[index]->reader_count)
        return NULL;
    return &listing->entries[index]->readers[reader];
}

void tachy_listing_destroy(tachy_listing **listing)
{
    if (listing == NULL || *listing == NULL)
        return;
    tachy_listing *old = *listing;
    *listing = NULL;
    for (size_t i = 0; i < old->count; i++)
        entry_destroy(old->entries[i]);
    free(old->entries);
    free(old);
}
