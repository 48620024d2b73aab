// Frames whose every word says which word of which frame of which writer it is.
#include "tests/kill/pattern.h"

#include <stdio.h>
#include <string.h>

#include "common/base/failpoint.h"

enum { PLANES = 2, TIME_STEPS = 60 };

const tachy_plane_params pattern_planes[PLANES] = {{"color", TACHY_U8, 1, 24, 64, 4},
                                                   {"depth", TACHY_F32, 1, 24, 64, 1}};

void pattern_resized(uint64_t size, tachy_plane_params planes[PLANES])
{
    static const uint32_t heights[] = {24, 4, 60, 13};
    for (int i = 0; i < PLANES; i++) {
        planes[i] = pattern_planes[i];
        planes[i].height = heights[size % (sizeof heights / sizeof heights[0])];
    }
}

static uint64_t word_of(uint64_t seed, uint64_t sequence, uint64_t plane, uint64_t index)
{
    uint64_t x = (seed + sequence) * UINT64_C(0x9e3779b97f4a7c15) + (plane << 40) + index;
    x = (x ^ x >> 31) * UINT64_C(0xbf58476d1ce4e5b9);
    return x ^ x >> 29;
}

void pattern_fill(tachy_draft *draft, uint64_t seed, uint64_t sequence)
{
    for (uint64_t p = 0; p < PLANES; p++) {
        const tachy_plane *layout = NULL;
        uint64_t *words = tachy_draft_plane(draft, pattern_planes[p].name, &layout);
        uint64_t count = layout->image_bytes / sizeof *words;
        for (uint64_t i = 0; i < count; i++) {
            words[i] = word_of(seed, sequence, p, i);
            if (p == 0 && i == count / 2)
                TACHY_FAILPOINT("draft.mid_copy");
        }
    }
    tachy_draft_set_frame(draft, sequence, (int64_t)sequence, TIME_STEPS);
}

enum { NAME_BYTES = 32 };

// Row 1 is object `seed`, and so on: who the writer is shows in each.
static tachy_identity identity_of(uint64_t seed, uint32_t row, char name[NAME_BYTES])
{
    uint64_t object = (seed >> 1) + row;
    snprintf(name, NAME_BYTES, "object %llx", (unsigned long long)object);
    return (tachy_identity){.object_id = (int64_t)object, .name = name, .category = name + 1};
}

tachy_status pattern_add_identity(tachy_writer *writer, uint64_t seed, uint32_t *rows)
{
    char name[NAME_BYTES];
    tachy_identity identity = identity_of(seed, *rows + 1, name);
    return tachy_writer_add_identity(writer, &identity, rows);
}

bool pattern_check_identities(const tachy_frame *frame, uint64_t seed, char *why, size_t why_bytes)
{
    size_t count = 0;
    const tachy_identity *rows = tachy_frame_identities(frame, &count);
    for (uint32_t i = 0; i < count; i++) {
        char name[NAME_BYTES];
        tachy_identity wanted = identity_of(seed, i + 1, name);
        if (rows[i].object_id == wanted.object_id && strcmp(rows[i].name, wanted.name) == 0 &&
            strcmp(rows[i].category, wanted.category) == 0)
            continue;
        snprintf(why, why_bytes, "row %u of %zu of frame %llu's id table is another's", i + 1,
                 count, (unsigned long long)tachy_frame_sequence(frame));
        return false;
    }
    return true;
}

static bool descriptor_fits(const tachy_frame *frame)
{
    int64_t numerator = 0, denominator = 0;
    tachy_frame_time(frame, &numerator, &denominator);
    uint64_t sequence = tachy_frame_sequence(frame);
    return tachy_frame_number(frame) == sequence && numerator == (int64_t)sequence &&
           denominator == TIME_STEPS;
}

bool pattern_check(const tachy_frame *frame, uint64_t seed, char *why, size_t why_bytes)
{
    uint64_t sequence = tachy_frame_sequence(frame);
    if (!descriptor_fits(frame)) {
        snprintf(why, why_bytes, "the descriptor of frame %llu is another's",
                 (unsigned long long)sequence);
        return false;
    }
    for (uint64_t p = 0; p < PLANES; p++) {
        const tachy_plane *plane = tachy_frame_plane(frame, pattern_planes[p].name);
        const uint64_t *words = plane->data;
        for (uint64_t i = 0; i < plane->image_bytes / sizeof *words; i++) {
            if (words[i] == word_of(seed, sequence, p, i))
                continue;
            snprintf(why, why_bytes, "torn: frame %llu, plane %s, byte %llu",
                     (unsigned long long)sequence, pattern_planes[p].name,
                     (unsigned long long)(i * sizeof *words));
            return false;
        }
    }
    return true;
}
