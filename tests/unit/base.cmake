tachy_test(size_test SOURCES unit/size_test.c LIBRARIES tachy-base)
