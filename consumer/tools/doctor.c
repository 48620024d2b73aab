// `tachy doctor`: whether this machine has what producers and readers need, and what to do where it has not.
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "common/base/text.h"
#include "consumer/tools/commands.h"
#include "consumer/tools/doctor/check.h"
#include "consumer/tools/json.h"
#include "consumer/tools/options.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/stop.h"

struct values {
    bool json;
};

static const struct option_row rows[] = {
    {"--json", NULL, OPTION_SWITCH, offsetof(struct values, json),
     "{\"version\": 1, \"checks\": [{\"name\", \"ok\", \"seen\", \"advice\"}]}"},
};

static const struct option_page page = {
    .name = "doctor",
    .synopsis = "[--json]",
    .text = "Tries what producers and readers need of this machine, and says what to do where\n"
            "something is missing. It leaves nothing behind. Exit status 1: there is something to\n"
            "look at.\n"
            "\n"
            "Examples:\n"
            "  tachy doctor\n"
            "  tachy doctor --json | python3 -m json.tool\n",
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
};

static const struct check {
    const char *name;
    void (*look)(struct check_result *result);
} checks[] = {
    {"kernel", check_kernel},
    {"shared memory", check_shared_memory},
    {"memory limit", check_memory_limit},
    {"container", check_container},
    {"permissions", check_permissions},
    {"file locks", check_file_locks},
    {"futex", check_futex},
    {"huge pages", check_huge_pages},
    {"RemoveIPC", check_remove_ipc},
    {"streams", check_streams},
    {"Vulkan loader", check_vulkan_loader},
    {"Vulkan device", check_vulkan_device},
};
enum { CHECKS = sizeof checks / sizeof *checks };

static void print_text(const struct check_result results[CHECKS], int wrong)
{
    char seen[CHECK_BYTES], advice[CHECK_BYTES];
    for (int i = 0; i < CHECKS; i++) {
        text_printable(results[i].seen, seen, sizeof seen);
        text_printable(results[i].advice, advice, sizeof advice);
        printf("%-4s %-14s %s\n", results[i].ok ? "ok" : "LOOK", checks[i].name, seen);
        if (advice[0] != 0)
            printf("%-4s %-14s -> %s\n", "", "", advice);
    }
    if (wrong == 0)
        printf("\n%d checks, all well.\n", CHECKS);
    else
        printf("\n%d checks, %d to look at.\n", CHECKS, wrong);
}

static void print_json(const struct check_result results[CHECKS])
{
    struct json json = {.to = stdout};
    json_open(&json, NULL, '{');
    json_unsigned(&json, "version", 1);
    json_open(&json, "checks", '[');
    for (int i = 0; i < CHECKS; i++) {
        json_open(&json, NULL, '{');
        json_text(&json, "name", checks[i].name);
        json_bool(&json, "ok", results[i].ok);
        json_text(&json, "seen", results[i].seen);
        json_text(&json, "advice", results[i].advice);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
    putchar('\n');
}

int command_doctor(int argc, char **argv)
{
    struct values values = {0};
    int result = options_read(&page, argc, argv, &values);
    if (result != OPTIONS_GO)
        return result;
    static struct check_result results[CHECKS];
    int wrong = 0;
    stop_watch();
    signal(SIGXFSZ, SIG_IGN); // a limit on file sizes is to be told, not to end us
    for (int i = 0; i < CHECKS; i++) {
        checks[i].look(&results[i]);
        wrong += !results[i].ok;
        if (stop_signal() != 0)
            return OUTCOME_SIGNAL + stop_signal();
    }
    if (values.json)
        print_json(results);
    else
        print_text(results, wrong);
    return outcome_printed(wrong == 0 ? OUTCOME_OK : OUTCOME_ERROR);
}
