// Did you mean: the known names that are nearest to an unknown one, by edit distance.
#include "producer/command/nearest.h"

#include <stdio.h>
#include <string.h>

enum { NAMES_MAX = 3, LENGTH_MAX = 64 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour. At most 64 letters are looked at.
static size_t edit_distance(const char *a, const char *b)
{
    size_t rows[3][LENGTH_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    size_t a_length = strnlen(a, LENGTH_MAX), b_length = strnlen(b, LENGTH_MAX);
    for (size_t j = 0; j <= b_length; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            now[j] =
                smaller(smaller(last[j], now[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = smaller(now[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b_length];
}

void nearest_names(const char *word, const char *(*name_at)(const void *context, size_t index),
                   const void *context, char near[NEAREST_BYTES])
{
    const char *names[NAMES_MAX];
    size_t distances[NAMES_MAX], count = 0, far_off = 1 + strnlen(word, LENGTH_MAX) / 3;
    const char *name;
    for (size_t i = 0; (name = name_at(context, i)) != NULL; i++) {
        size_t distance = edit_distance(word, name), place = count;
        if (distance > far_off)
            continue;
        while (place > 0 && distances[place - 1] > distance)
            place--;
        if (place == NAMES_MAX)
            continue;
        count += count < NAMES_MAX;
        memmove(names + place + 1, names + place, (count - place - 1) * sizeof *names);
        memmove(distances + place + 1, distances + place, (count - place - 1) * sizeof *distances);
        names[place] = name;
        distances[place] = distance;
    }
    near[0] = '\0';
    for (size_t i = 0, used = 0; i < count && used < NEAREST_BYTES; i++) {
        const char *link = i == 0 ? ", perhaps " : i + 1 == count ? " or " : ", ";
        used += (size_t)snprintf(near + used, NEAREST_BYTES - used, "%s%s", link, names[i]);
    }
}
