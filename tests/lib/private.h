// Bodies of tests in a child of their own, which may lower its limits and have a /dev/shm of its own.
#ifndef TESTS_LIB_PRIVATE_H
#define TESTS_LIB_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

/// Runs `body` in a child and fails the test where the child does not end well.
void private_run(void (*body)(void));

/// The same with a tmpfs of these options ("size=64k") as /dev/shm, which must be empty afterwards. Skips the test, with the reason,
/// where that takes root.
void private_run_in_shm(const char *options, void (*body)(void));

/// In the child: ends it, saying where and libtachy's last line, unless `fine`.
void private_expect(bool fine, const char *what, const char *file, int line);
#define EXPECT(condition) private_expect(condition, #condition, __FILE__, __LINE__)

/// Whether libtachy's last line has all of these words (NULL at the end).
bool private_error_names(const char *const words[]);
#define ERROR_NAMES(...) private_error_names((const char *const[]){__VA_ARGS__, NULL})

/// How many descriptors this process has open.
size_t private_count_files(void);

#endif
