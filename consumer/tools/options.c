// Command-line options: one loop over the rows of a page.
#include "consumer/tools/options.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tachy/status.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "consumer/tools/outcome.h"

static const double seconds_max = 1e9;

struct common {
    bool help, version;
    const char *log;
};

static const struct option_row common_rows[] = {
    {"--log", "LEVEL", OPTION_TEXT, offsetof(struct common, log), "error, warn, info or debug"},
    {"--version", NULL, OPTION_SWITCH, offsetof(struct common, version), "the version"},
    {"--help", NULL, OPTION_SWITCH, offsetof(struct common, help), "this page"},
    {"-h", NULL, OPTION_SWITCH, offsetof(struct common, help), NULL},
};
enum { COMMON_ROWS = sizeof common_rows / sizeof *common_rows };

static void print_rows(const struct option_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == OPTION_ABSENT || rows[i].help == NULL)
            continue;
        char left[64];
        snprintf(left, sizeof left, "%s %s", rows[i].name,
                 rows[i].argument == NULL ? "" : rows[i].argument);
        printf("  %-20s %s\n", left, rows[i].help);
    }
}

static int print_page(const struct option_page *page)
{
    printf("usage: tachy %s %s\n\n%s\nOptions:\n", page->name, page->synopsis, page->text);
    print_rows(page->rows, page->row_count);
    print_rows(common_rows, COMMON_ROWS);
    return outcome_printed(OUTCOME_OK);
}

static const struct option_row *find(const struct option_row *rows, size_t count, const char *word,
                                     size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(rows[i].name) == length && strncmp(rows[i].name, word, length) == 0)
            return &rows[i];
    }
    return NULL;
}

static bool read_seconds(const char *text, int64_t *ns)
{
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end != 0 || !(seconds >= 0 && seconds <= seconds_max))
        return false;
    *ns = (int64_t)(seconds * NS_PER_S);
    return true;
}

static bool read_count(const char *text, uint64_t *count)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != 0 || errno != 0)
        return false;
    *count = value;
    return true;
}

// One row's value into `values`. OPTIONS_GO, or the exit status of a wrong use.
static int store(const struct option_page *page, const struct option_row *row, const char *text,
                 void *values)
{
    void *value = (char *)values + row->offset;
    switch (row->kind) {
    case OPTION_SWITCH:
        *(bool *)value = true;
        return OPTIONS_GO;
    case OPTION_TEXT:
        *(const char **)value = text;
        return OPTIONS_GO;
    case OPTION_SECONDS:
        if (read_seconds(text, value))
            return OPTIONS_GO;
        return outcome_say(OUTCOME_USAGE, "%s: %s wants seconds, 0 to 1e9, not '%s'", page->name,
                           row->name, text);
    case OPTION_COUNT:
        if (read_count(text, value))
            return OPTIONS_GO;
        return outcome_say(OUTCOME_USAGE, "%s: %s wants a whole number, not '%s'", page->name,
                           row->name, text);
    case OPTION_ABSENT:
        break;
    }
    return outcome_say(OUTCOME_USAGE, "%s: %s is not in this version yet", page->name, row->name);
}

// The option at argv[*at], "--output FILE" or "--output=FILE"; *at moves to its last word.
static int read_option(const struct option_page *page, int argc, char **argv, int *at, void *values,
                       struct common *common)
{
    const char *word = argv[*at];
    size_t length = strcspn(word, "=");
    const char *text = word[length] == '=' ? word + length + 1 : NULL;
    const struct option_row *row = find(page->rows, page->row_count, word, length);
    if (row == NULL) {
        row = find(common_rows, COMMON_ROWS, word, length);
        values = common;
    }
    if (row == NULL)
        return outcome_say(OUTCOME_USAGE, "%s has no option '%s'; see: tachy %s --help", page->name,
                           word, page->name);
    if (row->kind == OPTION_ABSENT)
        return store(page, row, NULL, values);
    if (row->kind == OPTION_SWITCH && text != NULL)
        return outcome_say(OUTCOME_USAGE, "%s: %s takes no value", page->name, row->name);
    if (row->kind != OPTION_SWITCH && text == NULL) {
        if (*at + 1 == argc)
            return outcome_say(OUTCOME_USAGE, "%s: %s wants a value: %s", page->name, row->name,
                               row->argument);
        text = argv[++*at];
    }
    return store(page, row, text, values);
}

static int take_common(const struct option_page *page, const struct common *common)
{
    enum log_level level = LOG_WARN;
    if (common->help)
        return print_page(page);
    if (common->version) {
        printf("tachy %s\n", tachy_version());
        return outcome_printed(OUTCOME_OK);
    }
    if (common->log != NULL && !log_level_parse(common->log, &level))
        return outcome_say(OUTCOME_USAGE, "%s: --log wants error, warn, info or debug, not '%s'",
                           page->name, common->log);
    log_open("tachy", level);
    return OPTIONS_GO;
}

int options_read(const struct option_page *page, int argc, char **argv, void *values)
{
    struct common common = {0};
    const char *operand = NULL;
    for (int at = 1; at < argc; at++) {
        if (argv[at][0] == '-' && argv[at][1] != 0) {
            int result = read_option(page, argc, argv, &at, values, &common);
            if (result != OPTIONS_GO)
                return result;
            continue;
        }
        if (page->operand == NULL || operand != NULL)
            return outcome_say(OUTCOME_USAGE, "%s: '%s' is one word too many; see: tachy %s --help",
                               page->name, argv[at], page->name);
        operand = argv[at];
    }
    int result = take_common(page, &common);
    if (result != OPTIONS_GO)
        return result;
    if (page->operand != NULL && operand == NULL)
        return outcome_say(OUTCOME_USAGE, "%s wants a %s; usage: tachy %s %s", page->name,
                           page->operand, page->name, page->synopsis);
    if (page->operand != NULL)
        *(const char **)((char *)values + page->operand_offset) = operand;
    return OPTIONS_GO;
}
