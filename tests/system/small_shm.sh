#!/usr/bin/env bash
# Docker's default of 64 MB of shared memory is enough for the demo and leaves nothing of it behind.
source "$(dirname "$0")/../lib/tap.sh"

the_demo_fits_into_64_mb_of_shared_memory() {
    unshare -m mount -t tmpfs tmpfs /dev/shm 2>/dev/null || skip "no right to mount a /dev/shm of its own (root needed)"
    # shellcheck disable=SC2016
    expect_status 0 unshare -m bash -c '
        mount -t tmpfs -o size=64m tmpfs /dev/shm || exit 99
        TACHY_DEMO_SECONDS=2 "$0" demo
        status=$?
        ls -A /dev/shm >left
        exit $status' "$bin/tachy"
    [ ! -s left ] || fail "left behind: $(cat left)"
    find . -name '*.png' | grep -q . || fail "no contact sheet: $(cat out)"
}

ctrl_c_ends_the_demo_early_and_leaves_nothing() {
    local name status=0
    name=$(unique_name)
    start_interruptible "$bin/tachy" demo --name "$name" --seconds 3600 >out 2>&1
    wait_until grep -q "first frames" out
    kill -INT -- "-$started" # as a terminal does: all of its processes
    wait "$started" || status=$?
    [ "$status" = 130 ] || fail "exit status $status: $(cat out)"
    expect_nothing_left "$name"
}

tap_main the_demo_fits_into_64_mb_of_shared_memory ctrl_c_ends_the_demo_early_and_leaves_nothing "$@"
