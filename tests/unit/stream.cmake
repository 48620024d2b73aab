tachy_test(interrupt_test SOURCES unit/interrupt_test.c lib/stream.c LIBRARIES tachy Threads::Threads)
tachy_test(at_test SOURCES unit/at_test.c lib/stream.c LIBRARIES tachy)
tachy_test(fd_test SOURCES unit/fd_test.c lib/stream.c LIBRARIES tachy)
tachy_test(verify_test SOURCES unit/verify_test.c lib/stream.c LIBRARIES tachy tachy-base)
