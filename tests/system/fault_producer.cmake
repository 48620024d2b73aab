# Faults, section C: producers that die, stop, fork, end and start again.
set(victim_sources kill/victim.c kill/actor.c kill/pattern.c)
tachy_test(fault_producer_test SOURCES system/fault_producer_test.c ${victim_sources} LIBRARIES tachy-failing TIMEOUT 600)
tachy_test(fault_producer_start_test SOURCES system/fault_producer_start_test.c ${victim_sources} LIBRARIES tachy-failing TIMEOUT 600)
