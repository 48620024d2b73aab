// How far the model goes.
#ifndef TESTS_MODEL_BOUNDS_H
#define TESTS_MODEL_BOUNDS_H

#include "tests/model/explore.h"

enum { BOUNDS_ROUNDS = 4, BOUNDS_ROUNDS_EXCUSED = 1 };

struct bounds {
    struct exploration whole; ///< for the ring as it is, each scenario
    struct exploration
        rounds[BOUNDS_ROUNDS]; ///< for a mutant, over all scenarios one after the other
};

extern const struct bounds bounds;

#endif
