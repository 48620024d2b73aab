// Included before every file of the ring that the model compiles: what the kernel does for it, the model does instead.
#ifndef TESTS_MODEL_PRODUCT_H
#define TESTS_MODEL_PRODUCT_H

#include "tests/model/site.h"

#define RING_CHECK(name, value) (model_is_removed(MODEL_SITE(SITE_CHECK, 0, #name)) ? 0 : (value))

bool model_is_removed(struct site *site);

// Locks: tests/model/kernel.c. Sleep: tests/model/doorbell.c.
#define lock_take model_lock_take
#define lock_drop model_lock_drop
#define lock_is_held model_lock_is_held
#define lock_forks model_lock_forks
#define clock_now_ns model_clock_now_ns
#define clock_deadline_ns model_clock_deadline_ns
#define clock_wall_ns model_clock_wall_ns
#define sem_init model_sem_init
#define sem_destroy model_sem_destroy
#define sem_getvalue model_sem_getvalue
#define sem_post model_sem_post
#define sem_trywait model_sem_trywait
#define sem_clockwait model_sem_clockwait
#define nanosleep model_nanosleep
#define mark_random model_random

// What a frame's identities are, and what the objects are called, is no part of the model.
#define writer_mend_names model_mend_names
#define producer_ids model_producer_ids

#endif
