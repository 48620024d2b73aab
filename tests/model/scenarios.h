// What is played: who reads how, with how many slots, and who may be killed.
#ifndef TESTS_MODEL_SCENARIOS_H
#define TESTS_MODEL_SCENARIOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tachy/read.h>

enum { SCENARIO_READERS = 3, VICTIM_NONE = 0, VICTIM_PRODUCER, VICTIM_READER };

/// One letter is one act (play.c).
struct scenario_reader {
    const char *script; ///< NULL: no such reader
    tachy_reading reading;
    unsigned held;
    bool copying;
    bool dead;  ///< it was, and was killed
    bool there; ///< attached before anything else starts
};

struct scenario {
    const char *name; ///< a true sentence
    const char *producer;
    struct scenario_reader readers[SCENARIO_READERS];
    const char *helper; ///< a second thread of the first reader
    unsigned slots, history, drafts, held_max, blocks;
    int victim;      ///< VICTIM_READER: the first one
    bool semaphores; ///< the second way to ring
    bool refuses;    ///< more readers come than the stream has room for
    bool starves;    ///< fewer slots than the product allows: a claim may find none
    bool waits;      ///< a lossless reader is there: the producer may wait
    bool early;      ///< its wait may end at any time, so that it loses patience
    bool hostile;    ///< somebody writes nonsense
};

extern const struct scenario scenarios[];
extern const size_t scenario_count;

#endif
