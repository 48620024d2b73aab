pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
tachy_test(ring_processes_test SOURCES system/ring_processes_test.c LIBRARIES tachy SANITIZED)
tachy_test(ring_limits_test SOURCES system/ring_limits_test.c LIBRARIES tachy PkgConfig::SECCOMP Threads::Threads)
tachy_test(ring_lossless_processes_test SOURCES system/ring_lossless_processes_test.c LIBRARIES tachy SANITIZED)
