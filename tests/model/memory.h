// Memory as C11 has it, in terms of views: who reads may get an old value, unless what it has seen since forbids it.
//
// Each place keeps every value stored there, in modification order. A thread's view says how far in that order of each place
// it has come. A release store carries the view along, an acquire load joins it, sequentially consistent fences meet in one
// view of all. This is the operational form of release-acquire C11 (Kang et al., "A promising semantics for relaxed-memory
// concurrency", POPL 2017) without promises: no load takes a value that is stored later.
#ifndef TESTS_MODEL_MEMORY_H
#define TESTS_MODEL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/model/site.h"

enum { PLACES_MAX = 224, MESSAGES_MAX = 64, MEMORY_THREADS = 4 };

/// A position in the modification order of each place; 0: what was there at the start.
struct view {
    _Alignas(16) int16_t at[PLACES_MAX];
};

/// What a thread knows; what an acquire fence would let it know; what its relaxed stores carry since a release fence.
struct memory_thread {
    struct view now, acquirable, released;
};

void view_join(struct view *view, const struct view *other);
uint64_t view_hash(const struct view *view);

/// Everything back to what the bytes at the places say; no thread knows more.
void memory_reset(void);

struct memory_thread *memory_thread(unsigned thread);

/// The two questions below are answered by what was seen until now.
void memory_settle(void);

/// The number of the place at that address. It stays the same in all executions.
unsigned memory_place(const volatile void *address, size_t bytes);

/// Whether another thread was ever seen to write, or to use, the place.
bool memory_is_written_by_others(unsigned place, unsigned thread);
bool memory_is_used_by_others(unsigned place, unsigned thread);

uint64_t memory_load(unsigned thread, unsigned place, int order);
void memory_store(unsigned thread, unsigned place, int order, uint64_t value);

/// Gives the value before it.
uint64_t memory_change(unsigned thread, unsigned place, int order, enum change change,
                       uint64_t operand);
/// What a read-modify-write makes of a value.
uint64_t memory_changed(uint64_t value, enum change change, uint64_t operand, size_t bytes);

void memory_fence(unsigned thread, int order);

/// The last in modification order: what the kernel finds.
uint64_t memory_latest(unsigned place);

bool memory_knows_latest(unsigned thread, unsigned place);

/// No place is known any more: another scenario starts.
void memory_forget(void);

/// Plain data. A write fails unless every read of the place happens before it; a read fails unless it can give one value only.
/// `why`: NULL, or what is wrong.
void memory_write_plain(unsigned thread, unsigned place, uint64_t value, const char **why);
uint64_t memory_read_plain(unsigned thread, unsigned place, const char **why);

/// A read that may race, because its reader looks afterwards whether it did.
uint64_t memory_read_racing(unsigned thread, unsigned place);

/// Of all values, and of what each thread knows.
uint64_t memory_hash(void);

#endif
