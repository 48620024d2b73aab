# Fault 17 (section B), which needs failpoints.
tachy_test(fault_initialising_test SOURCES system/fault_initialising_test.c
           kill/victim.c kill/actor.c kill/pattern.c LIBRARIES tachy-failing)
