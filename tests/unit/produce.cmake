tachy_test(options_test SOURCES unit/options_test.c LIBRARIES tachy-publish)
tachy_test(pace_test SOURCES unit/pace_test.c LIBRARIES tachy-publish)
tachy_test(identity_test SOURCES unit/identity_test.c LIBRARIES tachy-publish)
