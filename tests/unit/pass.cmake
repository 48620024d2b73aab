tachy_test(plan_test SOURCES unit/plan_test.c LIBRARIES tachy-producer-core m)
tachy_test(cull_test SOURCES unit/cull_test.c LIBRARIES tachy-producer-core m)
