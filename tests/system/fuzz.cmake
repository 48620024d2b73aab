# Fuzz targets, in a build of their own below build/fuzz.
if(NOT TACHY_SANITIZE)
  tachy_test(fuzz_test SCRIPT SOURCES system/fuzz_test.sh TIMEOUT 900)
  tachy_test(fuzz_long_test SCRIPT SOURCES system/fuzz_long_test.sh TIMEOUT 3600 LONG)
endif()
