// A validation that has a name, so that the model in tests/model can take it away and must then see the ring fail.
#ifndef COMMON_RING_CHECK_H
#define COMMON_RING_CHECK_H

/// `value`: what the step relies on; 0 where the model takes it away.
#ifndef RING_CHECK
#define RING_CHECK(name, value) (value)
#endif

#endif
