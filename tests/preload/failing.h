// What the shims that fail calls have in common: the k-th call fails, and only that.
//
// They define libc's names. Linked into a test program they go before libc, for libtachy too, as preloaded ones would.
#ifndef TESTS_PRELOAD_FAILING_H
#define TESTS_PRELOAD_FAILING_H

#include <stdbool.h>

/// The `call`-th call from now on fails; 0: none.
void failing_plan(unsigned call);

/// Whether it was reached, and which function it was.
bool failing_reached(void);
const char *failing_function(void);

/// Blocks that are allocated and not yet freed; 0 where the shim does not see them.
long failing_blocks(void);

#endif
