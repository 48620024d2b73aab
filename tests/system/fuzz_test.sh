#!/usr/bin/env bash
# The fuzz targets: every seed, then some seconds of what libFuzzer makes of them.
source "$(dirname "$0")/../lib/tap.sh"

seconds=${TACHY_FUZZ_SECONDS:-10}
corpus=$top/tests/fuzz/corpus
targets=(control registry data ids header)

build_once() {
    cmake -S "$top/tests/fuzz" -B "$tree/fuzz" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        -DCMAKE_C_COMPILER=clang-14 >cmake.log || fail "$(cat cmake.log)"
    ninja -C "$tree/fuzz" "${targets[@]/#/fuzz_}" >ninja.log || fail "$(tail -40 ninja.log)"
}

fuzz() { # TARGET ARGUMENT...
    local target=$1 status=0 pid input
    shift
    # 30 s for one input only detect a hang.
    "$tree/fuzz/fuzz_$target" -timeout=30 -rss_limit_mb=2048 -max_len=2048 -len_control=0 "$@" >fuzz.log 2>&1 &
    pid=$!
    wait "$pid" || status=$?
    rm -f "/dev/shm/tachy.fuzz$pid."* # what a program that died left
    [ "$status" = 0 ] && return
    for input in crash-* timeout-* oom-* leak-*; do
        [ ! -e "$input" ] || echo "input, in base64: $(base64 -w 0 "$input")"
    done
    fail "$target: status $status
$(tail -60 fuzz.log)"
}

every_seed_is_survived() {
    local target
    build_once
    for target in "${targets[@]}"; do
        [ -n "$(ls "$corpus/$target")" ] || fail "$target has no seeds"
        fuzz "$target" -runs=0 "$corpus/$target"
    done
}

search() { # TARGET
    build_once
    mkdir found
    fuzz "$1" -max_total_time="$seconds" found "$corpus/$1"
    grep -qE '^Done [1-9][0-9]* runs' fuzz.log || fail "nothing ran: $(tail -5 fuzz.log)"
}

no_control_bytes_harm_a_reader() { search control; }
no_registry_bytes_harm_the_writer_or_a_reader() { search registry; }
no_geometry_harms_a_reader() { search data; }
no_id_table_harms_a_reader() { search ids; }
no_header_harms_a_reader() { search header; }

tap_main every_seed_is_survived no_control_bytes_harm_a_reader no_registry_bytes_harm_the_writer_or_a_reader \
    no_geometry_harms_a_reader no_id_table_harms_a_reader no_header_harms_a_reader "$@"
