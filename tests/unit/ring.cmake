tachy_test(ring_test SOURCES unit/ring_test.c LIBRARIES tachy)
tachy_test(ring_hostile_test SOURCES unit/ring_hostile_test.c LIBRARIES tachy)
tachy_test(name_test SOURCES unit/name_test.c LIBRARIES tachy-static)
