// JSON onto stdout, compact, commas in the right places. Text is made printable first, so it is UTF-8 whatever came in.
#ifndef CONSUMER_TOOLS_JSON_H
#define CONSUMER_TOOLS_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *to;
    bool follows; ///< something stands before in the same object or array
};

/// `key` is NULL for elements of an array and for the outermost value.
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_text(struct json *json, const char *key, const char *text);
void json_unsigned(struct json *json, const char *key, uint64_t number);
void json_signed(struct json *json, const char *key, int64_t number);
void json_real(struct json *json, const char *key, double number); ///< null if it is not finite
void json_bool(struct json *json, const char *key, bool value);

#endif
