// How far the model goes with tests/run --long.
#include "tests/model/bounds.h"

const struct bounds bounds = {
    .whole = {.deviations = 3, .executions_most = 3000000, .random_most = 2000000, .seed = 1000003},
    .rounds = {{.random_most = 2000, .seed = 5},
               {.deviations = 2, .executions_most = 10000, .random_most = 10000, .seed = 11},
               {.deviations = 2, .executions_most = 50000, .random_most = 50000, .seed = 13},
               {.deviations = 3, .executions_most = 500000, .random_most = 500000, .seed = 17}},
};
