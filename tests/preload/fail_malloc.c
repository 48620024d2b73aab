// malloc and its like, of which the k-th call fails.
#include "tests/preload/failing.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

// glibc's own, under the names that it keeps for such programs.
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *block, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *block);

static _Atomic unsigned left; ///< until the failure; 0: none is planned
static _Atomic bool reached;
static _Atomic long blocks;

void failing_plan(unsigned call)
{
    reached = false;
    left = call;
}

bool failing_reached(void)
{
    return reached;
}

const char *failing_function(void)
{
    return "malloc";
}

long failing_blocks(void)
{
    return blocks;
}

static bool fails(void)
{
    unsigned now = left;
    while (now != 0 && !atomic_compare_exchange_weak(&left, &now, now - 1)) {
    }
    if (now != 1)
        return false;
    reached = true;
    errno = ENOMEM;
    return true;
}

static void *count(void *block)
{
    blocks += block != NULL;
    return block;
}

void *malloc(size_t bytes)
{
    return fails() ? NULL : count(__libc_malloc(bytes));
}

void *calloc(size_t number, size_t bytes)
{
    return fails() ? NULL : count(__libc_calloc(number, bytes));
}

void *realloc(void *block, size_t bytes)
{
    if (fails())
        return NULL;
    void *grown = __libc_realloc(block, bytes);
    return block == NULL ? count(grown) : grown;
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    return fails() ? NULL : count(__libc_memalign(alignment, bytes));
}

void free(void *block)
{
    blocks -= block != NULL;
    __libc_free(block);
}
