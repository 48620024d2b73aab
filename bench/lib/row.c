// One measured figure on stdout, as a line of JSON.
#include "bench/lib/row.h"

#include <stdio.h>

static void print_string(const char *name, const char *text)
{
    printf("\"%s\": \"", name);
    for (const char *c = text ? text : ""; *c; c++) {
        if (*c == '"' || *c == '\\')
            putchar('\\');
        putchar((unsigned char)*c < ' ' ? ' ' : *c);
    }
    putchar('"');
}

static void print_key(const struct row *row)
{
    putchar('{');
    print_string("area", row->area);
    printf(", ");
    print_string("case", row->name);
    printf(", ");
    print_string("mode", row->mode);
    printf(", ");
    print_string("size", row->size);
    printf(", ");
}

void row_print(const struct row *row)
{
    print_key(row);
    print_string("unit", row->unit);
    printf(", \"value\": %.6g}\n", row->value);
    fflush(stdout);
}

void row_missing(const struct row *row, const char *why)
{
    print_key(row);
    print_string("missing", why);
    printf("}\n");
    fflush(stdout);
}

void row_fact(const char *name, const char *text)
{
    printf("{\"area\": \"facts\", ");
    print_string("case", name);
    printf(", ");
    print_string("text", text);
    printf("}\n");
    fflush(stdout);
}
