// A producer: what all writers of one process under one producer name share: the .lock, the id table.
#ifndef COMMON_RING_PRODUCER_H
#define COMMON_RING_PRODUCER_H

#include <tachy/write.h>

#include "common/ring/ids.h"
#include "common/shm/name.h"

struct producer;

/// Makes this process the producer of `name`, or adds a reference if it is. Waits up to 2 s for a dying owner, then
/// TACHY_EXISTS. What a dead producer left is removed.
tachy_status producer_get(const struct stream_name *name, mode_t mode, struct producer **producer);

/// The last reference removes id table and lock. NULL is legal.
void producer_put(struct producer **producer);

uint64_t producer_epoch(const struct producer *producer);

tachy_status producer_add_identity(struct producer *producer, const tachy_identity *identity,
                                   uint32_t *id);

/// Gives back names of the id table that somebody removed: how many; -1: some are missing for good.
int producer_mend_names(struct producer *producer);

/// What a frame published now may refer to.
void producer_ids(const struct producer *producer, uint32_t *generation, uint32_t *rows);

#endif
