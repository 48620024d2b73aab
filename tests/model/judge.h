// What must hold: what readers get, what the producer may wait for, who is told what.
#ifndef TESTS_MODEL_JUDGE_H
#define TESTS_MODEL_JUDGE_H

#include <stdbool.h>
#include <stdint.h>
#include <tachy/read.h>

#include "common/ring/reader.h"

enum { JUDGE_FRAMES = 16, JUDGE_READERS = 3 };

/// The judge's own account, beside memory.
struct judge {
    uint64_t tags[JUDGE_FRAMES]; ///< what each published frame's words hold, by sequence
    uint64_t published, written; ///< frames; words' values given out
    bool swept;                  ///< after the burial of a killed reader
    bool
        waited_in_vain; ///< the producer's sleep ended by its timeout while nothing else could happen
    uint64_t demotions;         ///< then
    unsigned sleeps_for_nobody; ///< of the producer, while no lossless reader lives
    struct {
        uint64_t first, last, received;
        bool attached, demoted, ended;
    } readers[JUDGE_READERS];
};

/// The producer's sleep starts and ends; a lock was got; a claim returned.
void judge_sleep(void);
void judge_woken(bool late);
void judge_lock(uint64_t byte);
void judge_claim(tachy_status status);

void judge_attached(unsigned reader);

/// A frame was handed out: order and counts.
void judge_taken(unsigned reader, const struct reader_pin *pin);
void judge_demoted(unsigned reader);

/// A pinned frame is as it was published, for a thread that may read it.
void judge_frame(unsigned reader, const struct reader_pin *pin);

/// The stream ended for the reader: it had everything.
void judge_ended(unsigned reader);

/// All threads ended.
void judge_end(void);

#endif
