// Integers in JSON text that 64 bits do not hold.
#include "producer/command/number.h"

#include <stdbool.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// What numbers have beside their digits.
static bool is_mark(char c)
{
    return c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

/// Where the text that begins at `i` ends, its second quote.
static size_t text_end(const char *json, size_t bytes, size_t i)
{
    for (i++; i < bytes && json[i] != '"'; i++)
        i += json[i] == '\\';
    return i;
}

static size_t number_length(const char *json, size_t bytes)
{
    size_t length = 1;
    while (length < bytes && (is_digit(json[length]) || is_mark(json[length])))
        length++;
    return length;
}

static bool is_beyond(const char *number, size_t length)
{
    bool negative = *number == '-';
    const char *limit = negative ? "9223372036854775808" : "18446744073709551615";
    const char *digits = number + negative;
    size_t count = length - negative, most = strlen(limit);
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(digits[i]))
            return false; // a fraction or an exponent: no integer
    }
    for (; count > 0 && *digits == '0'; count--)
        digits++;
    return count > most || (count == most && memcmp(digits, limit, most) > 0);
}

size_t number_find_beyond(const char *json, size_t bytes, size_t *offset)
{
    for (size_t i = 0; i < bytes; i++) {
        if (json[i] == '"')
            i = text_end(json, bytes, i);
        else if (json[i] == '-' || is_digit(json[i])) {
            size_t length = number_length(json + i, bytes - i);
            *offset = i;
            if (is_beyond(json + i, length))
                return length;
            i += length - 1;
        }
    }
    return 0;
}
