# The library under clang's ThreadSanitizer, in a build of its own below build/tsan.
if(NOT TACHY_SANITIZE)
  tachy_test(tsan_test SCRIPT SOURCES system/tsan_test.sh TIMEOUT 1200)
endif()
