// What the name of a file in /dev/shm says.
#include "common/shm/kind.h"

#include <stdio.h>
#include <string.h>

static const struct suffix {
    const char *text;
    bool generation; ///< a number follows
    bool producers;  ///< of the producer, not of a stream
    enum object_kind kind;
} suffixes[] = {
    {".ctl", false, false, KIND_CONTROL}, {".ctl.new", false, false, KIND_CONTROL},
    {".reg", false, false, KIND_OTHER},   {".dat.", true, false, KIND_OTHER},
    {".ids.", true, true, KIND_OTHER},    {".lock", false, true, KIND_LOCK},
};

static const char spare[] = ".spare";

// How many of the first `length` bytes stand before `text`, which must end there. 0: they do not.
static size_t before(const char *file, size_t length, const char *text)
{
    size_t tail = strlen(text);
    return length > tail && strncmp(file + length - tail, text, tail) == 0 ? length - tail : 0;
}

// As snprintf's %u writes it: no sign, no leading zero.
static size_t before_number(const char *file, size_t length)
{
    size_t start = length;
    while (start > 0 && file[start - 1] >= '0' && file[start - 1] <= '9')
        start--;
    bool plain = start < length && length - start <= 10;
    return plain && (file[start] != '0' || length - start == 1) ? start : 0;
}

// The stem must be what name_parse would have made of the stream's name.
static bool parse_stem(const char *file, size_t length, bool producers, struct stream_name *name)
{
    char control[NAME_OBJECT_BYTES];
    struct stream_name made;
    if (snprintf(control, sizeof control, "%.*s.ctl", (int)length, file) >= (int)sizeof control ||
        !name_from_control(control, &made))
        return false;
    if (producers && strcmp(made.stream, made.producer) != 0)
        return false;
    *name = made;
    return true;
}

bool kind_from_file(const char *file, enum object_kind *kind, struct stream_name *name)
{
    size_t length = strlen(file);
    size_t without = before(file, length, spare);
    if (without > 0)
        length = without;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        const struct suffix *suffix = &suffixes[i];
        size_t end = suffix->generation ? before_number(file, length) : length;
        size_t stem = end == 0 ? 0 : before(file, end, suffix->text);
        if (stem == 0 || !parse_stem(file, stem, suffix->producers, name))
            continue;
        *kind = suffix->kind;
        return true;
    }
    return false;
}
