# Faults of section E: hostile and broken peers.
set(hostile_lib lib/stream.c lib/peer.c)
tachy_test(fault_hostile_test SOURCES system/fault_hostile_test.c ${hostile_lib} LIBRARIES tachy SANITIZED)
tachy_test(fault_hostile_writer_test SOURCES system/fault_hostile_writer_test.c ${hostile_lib} LIBRARIES tachy SANITIZED)
tachy_test(hostile_peers_test SOURCES system/hostile_peers_test.c ${hostile_lib} LIBRARIES tachy DEPENDS tachy-tool TIMEOUT 300 SANITIZED)
tachy_test(fault_hostile_header_test SOURCES system/fault_hostile_header_test.c ${hostile_lib} LIBRARIES tachy m SANITIZED)
tachy_test(fault_hostile_tools_test SCRIPT SOURCES system/fault_hostile_tools_test.sh DEPENDS tools_writer)
tachy_test(fault_lost_claim_test SOURCES system/fault_lost_claim_test.c
           kill/victim.c kill/actor.c kill/pattern.c LIBRARIES tachy-failing)
