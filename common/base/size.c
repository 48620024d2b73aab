// Sizes that come from elsewhere: arithmetic that says when it would wrap.
#include "common/base/size.h"

bool size_add(uint64_t a, uint64_t b, uint64_t *out)
{
    uint64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}

bool size_multiply(uint64_t a, uint64_t b, uint64_t *out)
{
    uint64_t product;
    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *out = product;
    return true;
}

bool size_align(uint64_t n, uint64_t step, uint64_t *out)
{
    uint64_t raised;
    if (!size_add(n, step - 1, &raised))
        return false;
    *out = raised & ~(step - 1);
    return true;
}
