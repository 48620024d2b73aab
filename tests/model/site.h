// The places in the ring's source where an atomic operation or a named validation stands, gathered by the linker.
#ifndef TESTS_MODEL_SITE_H
#define TESTS_MODEL_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum site_kind { SITE_LOAD, SITE_STORE, SITE_CHANGE, SITE_FENCE, SITE_CHECK };

struct site {
    _Alignas(64) enum site_kind kind;
    int order; ///< memory_order_...; of a mutant, what is left of it
    int line;
    bool removed;     ///< a mutant's check or fence
    const char *file; ///< as the compiler named it
    const char *function;
    const char *what; ///< the object, or the check's name
    uint64_t runs;    ///< how often it was executed
};

_Static_assert(sizeof(struct site) == 64, "the linker lays sites out as one array");

#define MODEL_SITE(kind, order, what)                                                              \
    (__extension__({                                                                               \
        static struct site site_here __attribute__((section("model_sites"), used)) = {             \
            kind, order, __LINE__, false, __FILE__, __func__, what, 0};                            \
        &site_here;                                                                                \
    }))

enum change { CHANGE_SET, CHANGE_ADD, CHANGE_OR, CHANGE_AND };

uint64_t model_load(struct site *site, const volatile void *object, size_t bytes);
void model_store(struct site *site, volatile void *object, size_t bytes, uint64_t value);
uint64_t model_change(struct site *site, volatile void *object, size_t bytes, enum change change,
                      uint64_t operand);
void model_fence(struct site *site);

/// All sites of the program.
size_t site_count(void);
struct site *site_at(size_t index);

/// "pool.c:88 claim_once", in memory that the next call but seven takes.
const char *site_name(const struct site *site);

#endif
