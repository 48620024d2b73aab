// Included before every file of the library under TSan: an atomic whose name TACHY_WEAKEN holds becomes relaxed.
//
// A name is the function and the operand as they are written: "pool_publish:&control->head". One build holds every mutant.
//
// Fences are left as they are. TSan does not model them, and they need no model here: no plain byte of the ring is carried by a
// fence, each goes by a release and the acquire that reads it, or else the healthy run would not be silent. Modelled as
// read-modify-writes of one dummy word they would order threads that C11 does not order. (The mutants are reported then too.)
#ifndef TESTS_TSAN_WEAKEN_H
#define TESTS_TSAN_WEAKEN_H

#include <stdatomic.h>

memory_order weaken(const char *function, const char *operand, memory_order order);

#undef atomic_store_explicit
#undef atomic_load_explicit
#undef atomic_exchange_explicit
#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub_explicit
#undef atomic_fetch_or_explicit
#undef atomic_fetch_and_explicit

#define atomic_store_explicit(operand, value, order)                                               \
    __c11_atomic_store(operand, value, weaken(__func__, #operand, order))
#define atomic_load_explicit(operand, order)                                                       \
    __c11_atomic_load(operand, weaken(__func__, #operand, order))
#define atomic_exchange_explicit(operand, value, order)                                            \
    __c11_atomic_exchange(operand, value, weaken(__func__, #operand, order))
#define atomic_fetch_add_explicit(operand, value, order)                                           \
    __c11_atomic_fetch_add(operand, value, weaken(__func__, #operand, order))
#define atomic_fetch_sub_explicit(operand, value, order)                                           \
    __c11_atomic_fetch_sub(operand, value, weaken(__func__, #operand, order))
#define atomic_fetch_or_explicit(operand, value, order)                                            \
    __c11_atomic_fetch_or(operand, value, weaken(__func__, #operand, order))
#define atomic_fetch_and_explicit(operand, value, order)                                           \
    __c11_atomic_fetch_and(operand, value, weaken(__func__, #operand, order))

#endif
