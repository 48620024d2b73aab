# Faults of readers: section D.
tachy_test(fault_readers_test SOURCES system/fault_readers_test.c lib/stream.c lib/lossless.c LIBRARIES tachy TIMEOUT 300)
tachy_test(fault_readers_wait_test SOURCES system/fault_readers_wait_test.c preload/lost_wakes.c lib/storm.c lib/stream.c
           LIBRARIES tachy Threads::Threads ${CMAKE_DL_LIBS} TIMEOUT 300)
tachy_test(fault_attaching_test SOURCES system/fault_attaching_test.c lib/stream.c LIBRARIES tachy-failing TIMEOUT 300)
