// Text that came from elsewhere, made fit for a terminal or a log line.
#include "common/base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

// Bytes of the well-formed UTF-8 sequence at `s` and its code point; 0 if there is none. NUL never continues a sequence.
static size_t decode(const unsigned char *s, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = s[0] < 0x80       ? 1
                    : s[0] >> 5 == 6  ? 2
                    : s[0] >> 4 == 14 ? 3
                    : s[0] >> 3 == 30 ? 4
                                      : 0;
    if (length == 0)
        return 0;
    *code = length == 1 ? s[0] : s[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (s[i] & 0x3f);
    }
    bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
    return *code < smallest[length] || *code > 0x10ffff || surrogate ? 0 : length;
}

static bool is_shown(uint32_t code)
{
    bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    bool direction = code == 0x061c || (code >= 0x200e && code <= 0x200f) ||
                     (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return !control && !direction;
}

void text_printable(const char *text, char *printable, size_t bytes)
{
    const unsigned char *in = (const unsigned char *)text;
    size_t used = 0;
    while (*in != 0) {
        uint32_t code = 0;
        size_t length = decode(in, &code);
        bool plain = length != 0 && is_shown(code);
        size_t taken = plain ? length : 1;
        char piece[5];
        if (plain)
            memcpy(piece, in, length);
        else
            snprintf(piece, sizeof piece, "\\x%02x", *in);
        size_t wide = plain ? length : 4;
        if (used + wide + 1 > bytes)
            break;
        memcpy(printable + used, piece, wide);
        used += wide;
        in += taken;
    }
    if (bytes > 0)
        printable[used] = 0;
}
