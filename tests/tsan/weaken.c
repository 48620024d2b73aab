// Which atomics are weakened: read from the environment once, before there are threads.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tsan/races.h"

enum { NAMES_MAX = 4 };

static char *names[NAMES_MAX];
static int count;
static _Atomic bool met[NAMES_MAX];

__attribute__((constructor)) static void read_names(void)
{
    const char *wanted = getenv("TACHY_WEAKEN");
    if (wanted == NULL || wanted[0] == 0)
        return;
    char *list = strdup(wanted), *rest = list;
    while (list != NULL && count < NAMES_MAX && (names[count] = strsep(&rest, ";")) != NULL)
        count++;
}

static bool is_named(const char *name, const char *function, const char *operand)
{
    size_t length = strlen(function);
    return strncmp(name, function, length) == 0 && name[length] == ':' &&
           strcmp(name + length + 1, operand) == 0;
}

memory_order weaken(const char *function, const char *operand, memory_order order)
{
    for (int i = 0; i < count; i++) {
        if (order == memory_order_relaxed || !is_named(names[i], function, operand))
            continue;
        __c11_atomic_store(&met[i], true, memory_order_relaxed); // orders nothing
        return memory_order_relaxed;
    }
    return order;
}

bool weaken_met_all(void)
{
    for (int i = 0; i < count; i++) {
        if (__c11_atomic_load(&met[i], memory_order_relaxed))
            continue;
        fprintf(stderr, "ring_races: no atomic that ran is called %s\n", names[i]);
        return false;
    }
    return true;
}
