# The stream's memory: what a writer does when peers harm it.
tachy_test(lost_test SOURCES unit/lost_test.c lib/stream.c LIBRARIES tachy)
tachy_test(huge_test SOURCES unit/huge_test.c LIBRARIES tachy)
tachy_test(lost_resize_test SOURCES unit/lost_resize_test.c lib/shape.c lib/stream.c LIBRARIES tachy)
