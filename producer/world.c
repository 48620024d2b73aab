// The world that a producer starts with.
#include "producer/world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "producer/command/commands.h"
#include "producer/scene/builtin.h"

enum { COMMANDS_BYTES_MAX = 64 << 20 };

// a .. z, aa, ab ...
static void avatar_name(uint32_t index, char name[8])
{
    char letters[8];
    size_t count = 0;
    for (uint32_t rest = index + 1; rest > 0; rest = (rest - 1) / 26)
        letters[count++] = (char)('a' + (rest - 1) % 26);
    for (size_t i = 0; i < count; i++)
        name[i] = letters[count - 1 - i];
    name[count] = 0;
}
