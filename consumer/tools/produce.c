// `tachy produce`: becomes tachy-produce, which knows its own options.
#include "consumer/tools/commands.h"
#include "consumer/tools/program.h"

int command_produce(int argc, char **argv)
{
    static char name[] = "tachy-produce";
    (void)argc;
    argv[0] = name;
    return program_become(name, argv);
}
