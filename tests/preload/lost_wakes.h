// Wakes that get lost: of each so many, one wakes nobody.
#ifndef TESTS_PRELOAD_LOST_WAKES_H
#define TESTS_PRELOAD_LOST_WAKES_H

/// From now on one in `one_in` is lost in this process, every one with 1, none with 0.
void lost_wakes_plan(unsigned one_in);

/// How many were lost since.
unsigned lost_wakes_count(void);

#endif
