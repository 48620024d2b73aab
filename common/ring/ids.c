// The producer's id table, writing side.
#include "common/ring/ids.h"

#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/failpoint.h"
#include "common/ring/mark.h"

void ids_init(struct id_table *table, const char *stem, uint64_t epoch, mode_t mode)
{
    memset(table, 0, sizeof *table);
    snprintf(table->stem, sizeof table->stem, "%s", stem);
    table->epoch = epoch;
    table->mode = mode;
    for (int i = 0; i < IDS_GENERATIONS; i++)
        table->generations[i] = segment_none;
}

void ids_finish(struct id_table *table)
{
    for (uint32_t i = 0; i < table->made; i++) {
        char name[NAME_OBJECT_BYTES];
        name_generation(table->stem, "ids", i, name);
        segment_unlink_pair(&table->generations[i], name);
        segment_finish(&table->generations[i]);
    }
    table->made = 0;
}

int ids_mend_names(const struct id_table *table)
{
    int restored = 0;
    for (uint32_t i = 0; i < table->made && restored >= 0; i++) {
        char name[NAME_OBJECT_BYTES], spare[FOLDER_PATH_BYTES];
        name_generation(table->stem, "ids", i, name);
        segment_spare(name, spare);
        int mended = segment_mend_pair(&table->generations[i], name, spare);
        restored = mended < 0 ? -1 : restored + mended;
    }
    return restored;
}

static struct ring_ids *newest(struct id_table *table)
{
    return table->made == 0 ? NULL : table->generations[table->made - 1].base;
}

/// How a generation is laid out. Worked out anew each time, for what its head says a peer may have changed.
struct plan {
    uint32_t rows_max;
    uint64_t strings_offset, strings_bytes;
};

static struct plan plan_of(uint32_t generation)
{
    uint32_t rows_max = RING_ID_ROWS_FIRST << generation;
    return (struct plan){rows_max,
                         sizeof(struct ring_ids) + (uint64_t)rows_max * sizeof(struct ring_id_row),
                         (uint64_t)rows_max * RING_ID_STRING_BYTES};
}

static void prepare(struct id_table *table, uint32_t generation, struct ring_ids *made)
{
    struct plan plan = plan_of(generation);
    made->strings_offset = plan.strings_offset;
    made->strings_bytes = plan.strings_bytes;
    made->rows_max = plan.rows_max;
    mark_prepare(&made->mark, table->epoch, generation, plan.strings_offset + plan.strings_bytes);
    const struct ring_ids *old = newest(table);
    if (old != NULL) {
        memcpy(made->rows, old->rows, table->rows * sizeof made->rows[0]);
        memcpy((char *)made + plan.strings_offset,
               (const char *)old + plan_of(generation - 1).strings_offset, table->strings_used);
    }
    mark_finish(&made->mark, RING_MAGIC_IDS);
}

static tachy_status grow(struct id_table *table)
{
    uint32_t generation = table->made;
    if (generation == IDS_GENERATIONS)
        return error_set(TACHY_FULL, "%s: its id table is full (%u rows)", table->stem,
                         table->rows);
    uint64_t row_bytes = sizeof(struct ring_id_row) + RING_ID_STRING_BYTES;
    size_t bytes = sizeof(struct ring_ids) + ((size_t)RING_ID_ROWS_FIRST << generation) * row_bytes;
    char name[NAME_OBJECT_BYTES];
    name_generation(table->stem, "ids", generation, name);
    struct segment made = segment_none;
    tachy_status status = segment_create(name, bytes, table->mode, &made);
    if (status != TACHY_OK)
        return status;
    prepare(table, generation, made.base);
    status = segment_link_pair(&made, name);
    if (status == TACHY_EXISTS) // what a dead producer left is gone by now: a stranger's
        status = error_set(TACHY_SYSTEM, "%s, but not this producer's; remove it", error_line());
    if (status != TACHY_OK) {
        segment_unlink_pair(&made, name);
        segment_finish(&made);
        return status;
    }
    table->generations[generation] = made;
    table->made = generation + 1;
    TACHY_FAILPOINT("ids.grown");
    return TACHY_OK;
}

static uint32_t put_string(struct id_table *table, const char *text, size_t bytes)
{
    uint64_t offset = table->strings_used;
    memcpy((char *)newest(table) + plan_of(table->made - 1).strings_offset + offset, text,
           bytes + 1);
    table->strings_used += bytes + 1;
    return (uint32_t)offset;
}

static bool has_room(const struct id_table *table, size_t strings)
{
    if (table->made == 0)
        return false;
    struct plan plan = plan_of(table->made - 1);
    return table->rows < plan.rows_max && table->strings_used + strings <= plan.strings_bytes;
}

tachy_status ids_add(struct id_table *table, const tachy_identity *identity, uint32_t *id)
{
    const char *name = identity->name == NULL ? "" : identity->name;
    const char *category = identity->category == NULL ? "" : identity->category;
    size_t name_bytes = strlen(name), category_bytes = strlen(category);
    if (name_bytes > RING_ID_STRING_MAX || category_bytes > RING_ID_STRING_MAX)
        return error_set(TACHY_INVALID,
                         "%s, object %lld: its name or category is longer than %d bytes",
                         table->stem, (long long)identity->object_id, RING_ID_STRING_MAX);
    while (!has_room(table, name_bytes + category_bytes + 2)) {
        tachy_status status = grow(table);
        if (status != TACHY_OK)
            return status;
    }
    struct ring_id_row *row = &newest(table)->rows[table->rows];
    row->object_id = identity->object_id;
    TACHY_FAILPOINT("ids.mid_row");
    memcpy(row->id_color, identity->id_color, sizeof row->id_color);
    memcpy(row->category_color, identity->category_color, sizeof row->category_color);
    row->name_bytes = (uint16_t)name_bytes;
    row->category_bytes = (uint16_t)category_bytes;
    row->name_offset = put_string(table, name, name_bytes);
    row->category_offset = put_string(table, category, category_bytes);
    *id = ++table->rows;
    // Partner: ids_published's acquire, perhaps in another writer's thread. Carries the rows to its publish.
    atomic_store_explicit(&table->published, (uint64_t)(table->made - 1) << 32 | table->rows,
                          memory_order_release);
    return TACHY_OK;
}

void ids_published(const struct id_table *table, uint32_t *generation, uint32_t *rows)
{
    // Partner: ids_add's release. Carries the rows, which the publish then carries on.
    uint64_t published = atomic_load_explicit(&table->published, memory_order_acquire);
    *generation = (uint32_t)(published >> 32);
    *rows = (uint32_t)published;
}
