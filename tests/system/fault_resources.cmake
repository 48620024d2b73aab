# Faults of resources at create and attach: section A.
tachy_test(fault_malloc_test SOURCES system/fault_calls_test.c preload/fail_malloc.c LIBRARIES tachy TIMEOUT 600)
target_compile_definitions(fault_malloc_test PRIVATE FAIL_MALLOC)
tachy_test(fault_calls_test SOURCES system/fault_calls_test.c preload/fail_call.c LIBRARIES tachy ${CMAKE_DL_LIBS}
           TIMEOUT 600)
set_target_properties(fault_malloc_test fault_calls_test PROPERTIES C_VISIBILITY_PRESET default) # what stands before libc's
if(TARGET tachy-produce)
  add_library(refuse_collapse MODULE preload/refuse_collapse.c)
  target_link_libraries(refuse_collapse PRIVATE ${CMAKE_DL_LIBS})
  set_target_properties(refuse_collapse PROPERTIES
    C_VISIBILITY_PRESET default LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  tachy_test(fault_resources_test SOURCES system/fault_resources_test.c lib/private.c LIBRARIES tachy
             DEPENDS tachy-produce tachy-tool refuse_collapse TIMEOUT 600)
endif()
