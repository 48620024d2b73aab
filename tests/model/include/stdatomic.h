// Stands before the compiler's <stdatomic.h> where the ring's own files are compiled for the model: each operation becomes a
// call into tests/model/memory.c and leaves a site (site.h), so that no list of them is kept by hand.
#ifndef TESTS_MODEL_INCLUDE_STDATOMIC_H
#define TESTS_MODEL_INCLUDE_STDATOMIC_H

#include_next <stdatomic.h>

#include "tests/model/site.h"

#undef atomic_load_explicit
#undef atomic_store_explicit
#undef atomic_exchange_explicit
#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub_explicit
#undef atomic_fetch_or_explicit
#undef atomic_fetch_and_explicit
#undef atomic_compare_exchange_strong_explicit
#undef atomic_compare_exchange_weak_explicit
#undef atomic_thread_fence
// Left out on purpose: the ring names its orders, and has no other operations.
#undef atomic_load
#undef atomic_store
#undef atomic_exchange
#undef atomic_fetch_add

#define MODEL_VALUE(object, call) ((__typeof__((void)0, *(object)))(call))
#define MODEL_CHANGE(object, operation, operand, order)                                            \
    MODEL_VALUE(object, model_change(MODEL_SITE(SITE_CHANGE, order, #object), (object),            \
                                     sizeof *(object), operation, (uint64_t)(operand)))

#define atomic_load_explicit(object, order)                                                        \
    MODEL_VALUE(object,                                                                            \
                model_load(MODEL_SITE(SITE_LOAD, order, #object), (object), sizeof *(object)))
#define atomic_store_explicit(object, value, order)                                                \
    model_store(MODEL_SITE(SITE_STORE, order, #object), (object), sizeof *(object),                \
                (uint64_t)(value))
#define atomic_exchange_explicit(object, value, order)                                             \
    MODEL_CHANGE(object, CHANGE_SET, value, order)
#define atomic_fetch_add_explicit(object, value, order)                                            \
    MODEL_CHANGE(object, CHANGE_ADD, value, order)
#define atomic_fetch_sub_explicit(object, value, order)                                            \
    MODEL_CHANGE(object, CHANGE_ADD, -(uint64_t)(value), order)
#define atomic_fetch_or_explicit(object, value, order) MODEL_CHANGE(object, CHANGE_OR, value, order)
#define atomic_fetch_and_explicit(object, value, order)                                            \
    MODEL_CHANGE(object, CHANGE_AND, value, order)
#define atomic_thread_fence(order) model_fence(MODEL_SITE(SITE_FENCE, order, ""))

#endif
