// Frames whose every word says which word of which frame of which writer it is.
#ifndef TESTS_KILL_PATTERN_H
#define TESTS_KILL_PATTERN_H

#include <stdbool.h>
#include <tachy/tachy.h>

/// Room for the two planes "color" and "depth" that both sides know.
extern const tachy_plane_params pattern_planes[2];

/// The same planes in another size, by any number; 0: as they are, 1: the smallest.
void pattern_resized(uint64_t size, tachy_plane_params planes[2]);

/// Fills the planes of a draft that is to be frame `sequence` of the writer with that seed, and names it so.
/// Halfway it passes the failpoint draft.mid_copy.
void pattern_fill(tachy_draft *draft, uint64_t seed, uint64_t sequence);

/// Adds the next row to the id table of the writer with that seed; *rows counts them. What the writer said of it.
tachy_status pattern_add_identity(tachy_writer *writer, uint64_t seed, uint32_t *rows);

/// Whether every row that the frame may refer to is the writer's, as far as the table is still there. False: `why` says what differs.
bool pattern_check_identities(const tachy_frame *frame, uint64_t seed, char *why, size_t why_bytes);

/// Whether every word is that of the frame's own sequence, and the descriptor too. False: `why` says what differs.
bool pattern_check(const tachy_frame *frame, uint64_t seed, char *why, size_t why_bytes);

#endif
