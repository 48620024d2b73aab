tachy_test(ring_test SOURCES unit/ring_test.c LIBRARIES tachy)
