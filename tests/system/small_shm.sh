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
    local before status=0
    before=$(ls /dev/shm)
    "$python" -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.setpgid(0, 0); os.execv(sys.argv[1], sys.argv[1:])' \
        "$bin/tachy" demo >out 2>&1 &
    demo=$!
    sleep 3
    kill -INT -- "-$demo"
    wait "$demo" || status=$?
    [ "$status" = 130 ] || [ "$status" = 0 ] || fail "exit status $status: $(cat out)"
    [ "$(ls /dev/shm)" = "$before" ] || fail "left behind: $(ls /dev/shm)"
}

tap_main the_demo_fits_into_64_mb_of_shared_memory ctrl_c_ends_the_demo_early_and_leaves_nothing "$@"
