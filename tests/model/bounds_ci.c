// How far the model goes in each run of the suite.
#include "tests/model/bounds.h"

const struct bounds bounds = {
    .whole = {.deviations = 2, .executions_most = 20000, .random_most = 15000, .seed = 1},
    .rounds = {{.random_most = 400, .seed = 3},
               {.deviations = 1, .executions_most = 300, .random_most = 2600, .seed = 7},
               {.deviations = 2, .executions_most = 3000, .random_most = 12000, .seed = 99},
               {.deviations = 2, .executions_most = 20000, .random_most = 40000, .seed = 11}},
};
