tachy_test(null_test SOURCES unit/null_test.c LIBRARIES tachy)
