# Faults of names, permissions and discovery: section B.
if(TARGET tachy-produce)
  tachy_test(fault_names_test SOURCES system/fault_names_test.c LIBRARIES tachy DEPENDS tachy-produce TIMEOUT 300)
endif()
