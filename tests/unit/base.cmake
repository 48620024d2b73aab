tachy_test(size_test SOURCES unit/size_test.c LIBRARIES tachy-base)
tachy_test(text_test SOURCES unit/text_test.c LIBRARIES tachy-base)
tachy_test(failpoint_test SOURCES unit/failpoint_test.c LIBRARIES tachy-failing DEPENDS tachy tachy-tool)
