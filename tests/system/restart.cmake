tachy_test(restart_test SOURCES system/restart_test.c lib/stream.c lib/shape.c LIBRARIES tachy Threads::Threads SANITIZED)
