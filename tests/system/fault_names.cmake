# Faults of names, permissions and discovery: section B.
if(TARGET tachy-tool)
  tachy_test(fault_names_test SOURCES system/fault_names_test.c lib/private.c lib/stream.c LIBRARIES tachy
             DEPENDS tachy-tool TIMEOUT 300)
endif()
if(TARGET tachy-produce)
  tachy_test(fault_names_python_test SOURCES system/fault_names_python_test.c LIBRARIES tachy
             DEPENDS tachy-produce TIMEOUT 300)
endif()
