// The producer's id table, reading side: copied out, checked, then used.
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/ring/ids.h"
#include "common/ring/mark.h"

/// A generation as its head says it is, once checked against the mapping.
struct id_view {
    const struct ring_id_row *rows;
    const char *strings;
    uint64_t strings_bytes;
};

static bool look(const struct segment *segment, uint32_t rows, struct id_view *view)
{
    const struct ring_ids *ids = segment->base;
    uint64_t offset = ids->strings_offset, bytes = ids->strings_bytes;
    uint64_t rows_end = sizeof *ids + (uint64_t)rows * sizeof ids->rows[0];
    if (rows > RING_ID_ROWS_MAX || rows_end > segment->bytes || offset < rows_end ||
        offset > segment->bytes || bytes > segment->bytes - offset)
        return false;
    *view = (struct id_view){ids->rows, (const char *)ids + offset, bytes};
    return true;
}

static bool string_fits(uint32_t offset, uint16_t bytes, uint64_t area)
{
    return bytes <= RING_ID_STRING_MAX && (uint64_t)offset + bytes < area;
}

// Copies a string of `bytes` into *to, with an end of its own, and moves on; NULL if there is a NUL within.
static const char *copy_string(const char *from, uint16_t bytes, char **to)
{
    char *text = *to;
    memcpy(text, from, bytes);
    text[bytes] = 0;
    *to += bytes + 1;
    return strlen(text) == bytes ? text : NULL;
}

static bool copy_row(const struct id_view *view, uint32_t i, tachy_identity *identity, char **to)
{
    struct ring_id_row row;
    memcpy(&row, &view->rows[i], sizeof row); // once: checked and used from here
    if (!string_fits(row.name_offset, row.name_bytes, view->strings_bytes) ||
        !string_fits(row.category_offset, row.category_bytes, view->strings_bytes))
        return false;
    identity->object_id = row.object_id;
    memcpy(identity->id_color, row.id_color, sizeof row.id_color);
    memcpy(identity->category_color, row.category_color, sizeof row.category_color);
    identity->name = copy_string(view->strings + row.name_offset, row.name_bytes, to);
    identity->category = copy_string(view->strings + row.category_offset, row.category_bytes, to);
    if (identity->name != NULL && identity->category != NULL)
        return true;
    identity->name = identity->category = NULL;
    return false;
}

// Rows are looked at twice, for the size and for the copy; the copy never writes more than the size found first.
static uint64_t strings_need(const struct id_view *view, uint32_t rows, uint32_t *first_damaged)
{
    uint64_t need = 0;
    for (uint32_t i = 0; i < rows; i++) {
        struct ring_id_row row;
        memcpy(&row, &view->rows[i], sizeof row);
        if (string_fits(row.name_offset, row.name_bytes, view->strings_bytes) &&
            string_fits(row.category_offset, row.category_bytes, view->strings_bytes))
            need += (uint64_t)row.name_bytes + row.category_bytes + 2;
        else if (*first_damaged == 0)
            *first_damaged = i + 1;
    }
    return need;
}

static tachy_status make_copy(const struct id_view *view, uint32_t rows, struct id_copy **copy)
{
    uint32_t damaged = 0;
    uint64_t need = strings_need(view, rows, &damaged) + 2 * (RING_ID_STRING_MAX + 1);
    struct id_copy *made = calloc(1, sizeof *made + rows * sizeof made->identities[0]);
    char *strings = malloc(need);
    if (made == NULL || strings == NULL) {
        free(made);
        free(strings);
        return error_set(TACHY_NO_MEMORY, "id table: no memory for %u rows", rows);
    }
    made->strings = strings;
    made->rows = rows;
    atomic_init(&made->references, 1);
    const char *last =
        strings + need - 2 * (RING_ID_STRING_MAX + 1); // a row more than this fits behind it
    char *to = strings;
    for (uint32_t i = 0; i < rows; i++) {
        bool fine = to <= last && copy_row(view, i, &made->identities[i], &to);
        if (!fine && (damaged == 0 || damaged > i + 1))
            damaged = i + 1;
    }
    made->damaged = damaged;
    *copy = made;
    return TACHY_OK;
}

tachy_status ids_open(const char *producer_stem, uint64_t ids_epoch, uint32_t generation,
                      unsigned how, struct segment *ids)
{
    char name[NAME_OBJECT_BYTES];
    name_generation(producer_stem, "ids", generation, name);
    struct segment opened = segment_none;
    tachy_status status = segment_open(name, sizeof(uint64_t), how, &opened);
    if (status != TACHY_OK)
        return status;
    status = mark_check(name, &opened, RING_MAGIC_IDS, sizeof(struct ring_ids));
    const struct ring_ids *head = opened.base;
    if (status == TACHY_OK && head->mark.epoch != ids_epoch)
        status =
            error_set(TACHY_NOT_FOUND, "%s: the id table of another life of this producer", name);
    if (status != TACHY_OK) {
        segment_finish(&opened);
        return status;
    }
    *ids = opened;
    return TACHY_OK;
}

tachy_status ids_read(const struct segment *ids, uint32_t rows, struct id_copy **copy)
{
    struct id_view view;
    struct id_copy *made = NULL;
    tachy_status status = TACHY_CORRUPT;
    if (look(ids, rows, &view))
        status = make_copy(&view, rows, &made);
    else
        error_set(status, "id table: no room for the %u rows that a frame refers to", rows);
    if (guard_is_hit(ids->guard)) { // zeros were read
        ids_release(&made);
        return error_set(TACHY_CORRUPT, "id table: it shrank under this reader: truncated by some "
                                        "process");
    }
    if (status == TACHY_OK)
        *copy = made;
    return status;
}

struct id_copy *ids_retain(struct id_copy *copy)
{
    // Relaxed: whoever adds a reference has one already.
    atomic_fetch_add_explicit(&copy->references, 1, memory_order_relaxed);
    return copy;
}

void ids_release(struct id_copy **copy)
{
    struct id_copy *old = *copy;
    *copy = NULL;
    if (old == NULL)
        return;
    // Each drop's release carries its user's last touch to the acquire of whoever frees it.
    if (atomic_fetch_sub_explicit(&old->references, 1, memory_order_acq_rel) != 1)
        return;
    free(old->strings);
    free(old);
}
