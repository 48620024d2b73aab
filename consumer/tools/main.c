// `tachy`, the front of all tools: finds the command and runs it.
#include <stdio.h>
#include <string.h>
#include <tachy/status.h>

#include "consumer/tools/commands.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/program.h"

static const struct command {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"demo", "two avatars, two readers, a live table and a contact sheet", command_demo},
    {"produce", "render a scene and publish what its avatars see", command_produce},
    {"ls", "the streams on this machine", command_ls},
    {"info", "everything about one stream and its readers", command_info},
    {"top", "streams and their readers, live", command_top},
    {"hz", "rate, jitter and latency of a stream, measured", command_hz},
    {"clean", "remove what dead producers left in shared memory", command_clean},
    {"doctor", "what this machine has and lacks, and what to do about it", command_doctor},
    {"snapshot", "one frame into a file: png, npy or npz", command_snapshot},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

// Part of the design, to come.
static const char *const absent[] = {"cat", "send", "commands", "trace", "image", "tdw"};
enum { ABSENT = sizeof absent / sizeof *absent };

static void print_help(FILE *to)
{
    fprintf(to, "usage: tachy COMMAND [options]\n\n"
                "Frames of simulated worlds, through shared memory.\n\nCommands:\n");
    for (int i = 0; i < COMMANDS; i++)
        fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fprintf(to,
            "\nBegin with:\n"
            "  tachy demo                        see it work, ten seconds\n"
            "  tachy produce --avatars 2 &       the built-in room, as streams sim/a and sim/b\n"
            "  tachy ls                          what there is to read\n"
            "  tachy snapshot sim/a -o a.png     what avatar a sees now\n"
            "\n'tachy COMMAND --help' explains a command; 'tachy NAME' runs the program "
            "tachy-NAME.\n"
            "Exit codes: 0 ok, 1 error, 2 usage, 3 no such stream, 4 timeout, 5 producer gone, "
            "130 after Ctrl-C.\n");
}

// A name that is no command of ours: the program tachy-<name>, if there is one.
static int run_other(char **argv)
{
    const char *name = argv[0];
    for (int i = 0; i < ABSENT; i++) {
        if (strcmp(absent[i], name) == 0)
            return outcome_say(OUTCOME_USAGE, "'%s' is not in this version yet", name);
    }
    char program[NAME_MAX + 1];
    struct program_path path;
    int length = snprintf(program, sizeof program, "tachy-%s", name);
    if (strchr(name, '/') != NULL || name[0] == 0 || length >= (int)sizeof program ||
        !program_find(program, &path))
        return outcome_say(OUTCOME_USAGE,
                           "there is no command '%s', and no program tachy-%s; see: tachy --help",
                           name, name);
    argv[0] = program;
    return program_become(program, argv);
}

static int run(int argc, char **argv)
{
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, argv[0]) == 0)
            return commands[i].run(argc, argv);
    }
    return run_other(argv);
}

static int help(int argc, char **argv)
{
    static char option[] = "--help";
    if (argc > 1) {
        char *ask[] = {argv[1], option, NULL};
        return run(2, ask);
    }
    print_help(stdout);
    return outcome_printed(OUTCOME_OK);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return OUTCOME_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
        return help(argc - 1, argv + 1);
    if (strcmp(word, "--version") == 0) {
        printf("tachy %s\n", tachy_version());
        return outcome_printed(OUTCOME_OK);
    }
    if (word[0] == '-')
        return outcome_say(OUTCOME_USAGE, "'%s' comes after a command; see: tachy --help", word);
    return run(argc - 1, argv + 1);
}
