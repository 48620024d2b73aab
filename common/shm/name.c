// Names of streams and of their objects in /dev/shm.
#include "common/shm/name.h"

#include <stdio.h>
#include <string.h>

#include "common/base/error.h"

static const char prefix[] = "tachy";
static const char control_suffix[] = ".ctl";

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

// Appends `byte`, escaped, and says whether it fitted.
static bool append(char stem[NAME_STEM_BYTES], size_t *used, char byte)
{
    static const char hex[] = "0123456789ABCDEF";
    unsigned char value = (unsigned char)byte;
    bool as_is = is_plain(byte) || byte == '/';
    if (*used + (as_is ? 1 : 3) >= NAME_STEM_BYTES)
        return false;
    if (as_is) {
        stem[(*used)++] = byte == '/' ? '.' : byte;
    } else {
        stem[(*used)++] = '%';
        stem[(*used)++] = hex[value >> 4];
        stem[(*used)++] = hex[value & 15];
    }
    stem[*used] = 0;
    return true;
}

static bool make_stem(const char *text, size_t length, char stem[NAME_STEM_BYTES])
{
    size_t used = (size_t)snprintf(stem, NAME_STEM_BYTES, "%s.", prefix);
    for (size_t i = 0; i < length; i++)
        if (!append(stem, &used, text[i]))
            return false;
    return true;
}

static bool has_empty_part(const char *stream, size_t length)
{
    return stream[0] == '/' || stream[length - 1] == '/' || strstr(stream, "//") != NULL;
}

tachy_status name_parse(const char *stream, struct stream_name *name)
{
    if (stream == NULL || stream[0] == 0)
        return error_set(TACHY_INVALID, "stream name: it is empty; expected something like sim/a");
    size_t length = strlen(stream);
    if (has_empty_part(stream, length))
        return error_set(TACHY_INVALID,
                         "stream name %.300s: a part between slashes is empty; expected sim/a",
                         stream);
    struct stream_name made = {0};
    size_t producer = strcspn(stream, "/");
    if (length >= sizeof made.stream || !make_stem(stream, length, made.stem) ||
        !make_stem(stream, producer, made.producer_stem))
        return error_set(TACHY_INVALID,
                         "stream name %.40s...: too long (%zu bytes, where letters outside "
                         "[A-Za-z0-9_-] count three times); use at most %d",
                         stream, length, NAME_STEM_BYTES - (int)sizeof prefix - 1);
    memcpy(made.stream, stream, length);
    memcpy(made.producer, stream, producer);
    *name = made;
    return TACHY_OK;
}

static int hex_value(char c)
{
    static const char hex[] = "0123456789ABCDEF";
    const char *at = c == 0 ? NULL : strchr(hex, c);
    return at == NULL ? -1 : (int)(at - hex);
}

bool name_from_control(const char *file, struct stream_name *name)
{
    size_t length = strlen(file), start = sizeof prefix, tail = sizeof control_suffix - 1;
    if (length <= start + tail || length >= NAME_STEM_BYTES + tail)
        return false;
    size_t end = length - tail;
    if (strncmp(file, prefix, start - 1) != 0 || file[start - 1] != '.' ||
        strcmp(file + end, control_suffix) != 0)
        return false;
    char stream[NAME_STREAM_BYTES] = "";
    size_t used = 0;
    for (size_t i = start; i < end; i++) {
        int high = file[i] == '%' ? hex_value(file[i + 1]) : -1;
        int low = high < 0 ? -1 : hex_value(file[i + 2]);
        bool escaped = low >= 0;
        stream[used++] = escaped ? (char)(high << 4 | low) : file[i] == '.' ? '/' : file[i];
        i += escaped ? 2 : 0;
    }
    stream[used] = 0;
    // Only what name_parse itself would have made is a name; a byte 0 or a needless escape is somebody else's file.
    struct stream_name made;
    if (strlen(stream) != used || name_parse(stream, &made) != TACHY_OK ||
        strncmp(made.stem, file, end) != 0 || made.stem[end] != 0)
        return false;
    *name = made;
    return true;
}

void name_object(const char *stem, const char *kind, char object[NAME_OBJECT_BYTES])
{
    snprintf(object, NAME_OBJECT_BYTES, "%s.%s", stem, kind);
}

void name_generation(const char *stem, const char *kind, uint32_t generation,
                     char object[NAME_OBJECT_BYTES])
{
    snprintf(object, NAME_OBJECT_BYTES, "%s.%s.%u", stem, kind, generation);
}
