// The scene's objects in the id table that readers see: colours are distinct and depend on nothing but the row and the category.
#include "producer/publish/identity.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"

enum { COLOR_MASK = 0xffffff };

// An odd factor makes multiplication modulo 2^24 a bijection: rows never share a colour, and only 0 is black.
static uint32_t row_color(uint32_t row)
{
    return row * UINT32_C(0x9e3779) & COLOR_MASK;
}

static uint32_t text_color(const char *text)
{
    uint32_t hash = 2166136261u; // FNV-1a
    for (; *text != 0; text++)
        hash = (hash ^ (uint8_t)*text) * 16777619u;
    hash = (hash ^ hash >> 24) & COLOR_MASK;
    return hash != 0 ? hash : 1;
}

static bool color_is_taken(const struct identity_book *book, uint32_t color)
{
    for (size_t i = 0; i < book->category_count; i++) {
        if (book->category_colors[i] == color)
            return true;
    }
    return false;
}

static tachy_status add_category(struct identity_book *book, const char *category, uint32_t *color)
{
    size_t count = book->category_count + 1;
    char **names = realloc(book->categories, count * sizeof *names);
    if (names != NULL)
        book->categories = names;
    uint32_t *colors = realloc(book->category_colors, count * sizeof *colors);
    if (colors != NULL)
        book->category_colors = colors;
    char *copy = strdup(category);
    if (names == NULL || colors == NULL || copy == NULL) {
        free(copy);
        return error_set(TACHY_NO_MEMORY, "no memory for category '%s'", category);
    }
    uint32_t free_color = text_color(category);
    while (color_is_taken(book, free_color))
        free_color = free_color < COLOR_MASK ? free_color + 1 : 1;
    names[book->category_count] = copy;
    colors[book->category_count] = free_color;
    book->category_count = count;
    *color = free_color;
    return TACHY_OK;
}

static tachy_status category_color(struct identity_book *book, const char *category,
                                   uint32_t *color)
{
    *color = 0;
    if (*category == 0)
        return TACHY_OK;
    for (size_t i = 0; i < book->category_count; i++) {
        if (strcmp(book->categories[i], category) == 0) {
            *color = book->category_colors[i];
            return TACHY_OK;
        }
    }
    return add_category(book, category, color);
}

static void put_color(uint32_t color, uint8_t rgb[3])
{
    rgb[0] = (uint8_t)(color >> 16);
    rgb[1] = (uint8_t)(color >> 8);
    rgb[2] = (uint8_t)color;
}

static tachy_status tell_one(struct identity_book *book, tachy_writer *writer,
                             const struct scene_object *object)
{
    uint32_t color;
    tachy_status status = category_color(book, object->category, &color);
    if (status != TACHY_OK)
        return status;
    tachy_identity identity = {
        .object_id = object->object_id, .name = object->name, .category = object->category};
    put_color(row_color(object->row), identity.id_color);
    put_color(color, identity.category_color);
    uint32_t row;
    status = tachy_writer_add_identity(writer, &identity, &row);
    if (status != TACHY_OK)
        return error_set(status, "object %lld: %s", (long long)object->object_id, tachy_error());
    if (row != object->row)
        return error_set(TACHY_CORRUPT,
                         "object %lld got row %u of the id table, not %u: something else writes it",
                         (long long)object->object_id, row, object->row);
    book->rows = row;
    return TACHY_OK;
}

tachy_status identity_tell(struct identity_book *book, tachy_writer *writer,
                           const struct scene *scene)
{
    for (size_t i = 0; i < scene->object_count && book->rows < scene->rows; i++) {
        if (scene->objects[i].row <= book->rows)
            continue; // shell, or told before; rows rise with the objects' order
        tachy_status status = tell_one(book, writer, &scene->objects[i]);
        if (status != TACHY_OK)
            return status;
    }
    return TACHY_OK;
}

void identity_finish(struct identity_book *book)
{
    for (size_t i = 0; i < book->category_count; i++)
        free(book->categories[i]);
    free(book->categories);
    free(book->category_colors);
    *book = (struct identity_book){0};
}
