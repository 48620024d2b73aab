tachy_test(resize_test SOURCES unit/resize_test.c lib/stream.c lib/shape.c LIBRARIES tachy)
tachy_test(resize_readers_test SOURCES unit/resize_readers_test.c lib/stream.c lib/shape.c
           LIBRARIES tachy Threads::Threads)
