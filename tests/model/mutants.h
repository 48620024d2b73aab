// The ring with one thing taken away: an order, a fence, a validation. Each must be found.
#ifndef TESTS_MODEL_MUTANTS_H
#define TESTS_MODEL_MUTANTS_H

#include <stddef.h>

#include "tests/model/site.h"

enum { MUTANT_NAME_BYTES = 200 };

/// How many the source gives.
size_t mutant_count(void);

/// Takes it away, for the rest of this process. `site`: the one whose execution tells whether a scenario comes by; NULL: any does.
void mutant_apply(size_t index, char name[MUTANT_NAME_BYTES], struct site **site);

/// Why nobody can tell, for a mutant that the ring does not need; else NULL.
const char *mutant_excuse(size_t index);

#endif
