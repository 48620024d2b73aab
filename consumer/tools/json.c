// JSON onto stdout.
#include "consumer/tools/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "common/base/text.h"

enum { TEXT_BYTES = 2048 };

static void put_quoted(FILE *to, const char *text)
{
    char printable[TEXT_BYTES];
    text_printable(text, printable, sizeof printable);
    fputc('"', to);
    for (const char *at = printable; *at != 0; at++) {
        if (*at == '"' || *at == '\\')
            fputc('\\', to);
        fputc(*at, to);
    }
    fputc('"', to);
}

static void begin(struct json *json, const char *key)
{
    if (json->follows)
        fputs(", ", json->to);
    json->follows = true;
    if (key == NULL)
        return;
    put_quoted(json->to, key);
    fputs(": ", json->to);
}

void json_open(struct json *json, const char *key, char bracket)
{
    begin(json, key);
    fputc(bracket, json->to);
    json->follows = false;
}

void json_close(struct json *json, char bracket)
{
    fputc(bracket, json->to);
    json->follows = true;
}

void json_text(struct json *json, const char *key, const char *text)
{
    begin(json, key);
    put_quoted(json->to, text);
}

void json_unsigned(struct json *json, const char *key, uint64_t number)
{
    begin(json, key);
    fprintf(json->to, "%" PRIu64, number);
}

void json_signed(struct json *json, const char *key, int64_t number)
{
    begin(json, key);
    fprintf(json->to, "%" PRId64, number);
}

void json_real(struct json *json, const char *key, double number)
{
    begin(json, key);
    if (isfinite(number))
        fprintf(json->to, "%.6g", number);
    else
        fputs("null", json->to);
}

void json_bool(struct json *json, const char *key, bool value)
{
    begin(json, key);
    fputs(value ? "true" : "false", json->to);
}
