tachy_test(kind_test SOURCES unit/kind_test.c LIBRARIES tachy-static)
