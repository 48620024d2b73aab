#!/usr/bin/env bash
# Races: the library's steps on one mapping under TSan are silent, and every weakened release or acquire that carries data is seen.
#
# Some releases carry only what another one carries too, or no plain byte at all; TSan cannot miss them, the model can:
#   slot.sequence     the head carries the same frame to whoever takes it; both together are seen
#   guards            a guard's start carries the same, and the other way round; both together are seen
#   pin               TSan keeps the clock of the cell's release before it, C11 does not
#   table, cursor, wait mask, bell, producer's word, demoted, lossless mask: atomics only
source "$(dirname "$0")/../lib/tap.sh"

races=$tree/tsan/ring_races
name=$(unique_name)
fixed=() # addresses that do not vary: TSan knows few layouts of a process
! setarch -R true 2>/dev/null || fixed=(setarch -R)
span=4       # seconds that the stress runs in which nothing is to be seen
patience=180 # seconds after which a mutant counts as not seen; most are seen in the first

build_once() {
    cmake -S "$top/tests/tsan" -B "$tree/tsan" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        -DCMAKE_C_COMPILER=clang-14 >cmake.log || fail "$(cat cmake.log)"
    ninja -C "$tree/tsan" ring_races >ninja.log || fail "$(tail -40 ninja.log)"
}

run_scene() { # SECONDS SCENE [ATOMICS]: the status, 66 = TSan saw a race
    local status=0 seconds=$1 options=halt_on_error=1:exitcode=66
    shift
    [ "$1" != stress ] || options=$options:suppressions=$top/tests/tsan/validated.supp
    TACHY_WEAKEN=${2:-} TSAN_OPTIONS=$options timeout $((seconds + 300)) ${fixed[@]+"${fixed[@]}"} "$races" "$name" "$1" "$seconds" >scene.log 2>&1 || status=$?
    echo "$status"
}

no_scene_has_a_race() {
    local scene status
    build_once
    for scene in peek look mark interrupt nudge drop ids generation guard stress; do
        status=$(run_scene $span $scene)
        [ "$status" = 0 ] || fail "$scene: status $status
$(head -60 scene.log)"
    done
}

each_is_seen() { # lines "SCENE ATOMICS"
    local scene atomics status
    while read -r scene atomics; do
        status=$(run_scene $patience "$scene" "$atomics" </dev/null)
        [ "$status" = 66 ] && grep -q 'ThreadSanitizer: data race' scene.log ||
            fail "$scene with $atomics relaxed: status $status, not a race
$(tail -20 scene.log)"
    done
    rm -f "/dev/shm/tachy.$name."* # what a program that TSan ended left
}

every_relaxed_release_that_carries_data_is_reported() {
    build_once
    each_is_seen <<'END'
stress reader_release:&reader->block->cells[cell]
stress reader_release:&reader->taken[cell]
stress pool_publish:&control->head;pool_publish:&control->slots[slot].sequence
stress ids_add:&table->published
peek pool_publish:&control->head
look store_state:&block->state
mark mark_finish:&mark->magic
drop reader_drop:&reader->references
ids ids_release:&old->references
interrupt reader_interrupt:&reader->calls->interrupted
nudge reader_nudge:&reader->calls->nudges
generation generation_drop:&generation->references
generation generation_leave:&generation->references
guard make_unused:&guards;guard_watch:&guard->start
END
}

every_relaxed_acquire_that_takes_data_is_reported() {
    build_once
    each_is_seen <<'END'
stress scan:&reader->cells[c]
stress free_cell:&reader->taken[i]
stress load_head:&control->head;pin:&reader->control->slots[slot].sequence
stress ids_published:&table->published
peek load_head:&control->head
look load_state:&block->state
mark mark_check:&mark->magic
interrupt reader_take_interrupt:&reader->calls->interrupted
nudge reader_nudges:&reader->calls->nudges
guard find:&guards;find:&guard->start
END
}

tap_main no_scene_has_a_race every_relaxed_release_that_carries_data_is_reported \
    every_relaxed_acquire_that_takes_data_is_reported "$@"
