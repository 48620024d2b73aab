// The log: lines on stderr, by level. Programs only; the library never prints.
#ifndef COMMON_BASE_LOG_H
#define COMMON_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/// The program's name, put before each line, and the least grave level that is shown (default: LOG_WARN).
void log_open(const char *program, enum log_level level);

/// "error", "warn", "info" or "debug"; false for any other word.
bool log_level_parse(const char *word, enum log_level *level);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif
