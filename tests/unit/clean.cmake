tachy_test(kind_test SOURCES unit/kind_test.c LIBRARIES tachy-static)
tachy_test(clean_test SOURCES unit/clean_test.c LIBRARIES tachy)
