# The stream's memory under real programs.
if(TARGET tachy-produce)
  tachy_test(lost_memory_test SOURCES system/lost_memory_test.c LIBRARIES tachy DEPENDS tachy-produce TIMEOUT 300)
endif()
