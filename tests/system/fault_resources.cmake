# Faults of resources at create and attach: section A.
tachy_test(fault_malloc_test SOURCES system/fault_calls_test.c preload/fail_malloc.c LIBRARIES tachy TIMEOUT 600)
target_compile_definitions(fault_malloc_test PRIVATE FAIL_MALLOC)
tachy_test(fault_calls_test SOURCES system/fault_calls_test.c preload/fail_call.c LIBRARIES tachy ${CMAKE_DL_LIBS}
           TIMEOUT 600)
set_target_properties(fault_malloc_test fault_calls_test PROPERTIES C_VISIBILITY_PRESET default) # what stands before libc's
