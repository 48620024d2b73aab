#!/usr/bin/env bash
# Faults of section F: clocks that step, and clocks of another time namespace.
source "$(dirname "$0")/../lib/tap.sh"

tachy=$bin/tachy
name=$(unique_name)
stepping=(env "LD_PRELOAD=$tree/tests/libwall_steps.so${LD_PRELOAD:+:$LD_PRELOAD}")

start_writer() { # [BEFORE...]
    "$@" "$tree/tests/tools_writer" "$name/a" 37 21 1 2>said &
    writer=$!
    wait_until is_alive
}

is_alive() {
    "$tachy" info "$name/a" --wait 0 --json | grep -q '"alive": true'
}

end_writer() { # by the number it told: a wrapper may have forked
    kill "$("$tachy" info "$name/a" --json | sed -n 's/.*"pid": \([0-9]*\), "alive".*/\1/p')"
    wait "$writer" || fail "the writer: $(cat said)"
    expect_nothing_left "$name"
}

# What the newest frame's descriptor says of wall time, less what the wall clock says, in seconds.
wall_error() {
    "$python" - "/dev/shm/tachy.$name.a.ctl" <<'END'
import os, struct, sys, time
control = open(sys.argv[1], "rb").read()
slot = struct.unpack_from("<Q", control, 384)[0] & 511
wall_ns, = struct.unpack_from("<q", control, 3072 + 128 * slot + 64)
print(round(wall_ns / 1e9 - time.time()))
END
}

wall_is_off() { # SIGN: by an hour
    [ $(($(wall_error) * $1)) -gt 3000 ]
}

# The figures of `tachy hz --json`, one object per line, that must be true of the last line.
figures() { # EXPRESSION
    tail -1 out | "$python" -c "
import json, sys
f = json.loads(sys.stdin.read())
sys.exit(0 if ($1) else 1)" || fail "not $1: $(cat out)"
}

fault_64_a_wall_clock_that_steps_changes_no_latency_and_no_wait() {
    local error
    start_writer "${stepping[@]}"
    wait_until has_frames
    expect_status 0 "${stepping[@]}" "$tachy" hz "$name/a" --seconds 2 --json
    figures '0 < f["latency_p50_ns"] <= f["latency_max_ns"] < 600e9 and f["frames"] > 0'
    figures '0 < f["interval_max_ns"] < 600e9'
    error=$(wall_error)
    [ "${error#-}" -gt 3000 ] && [ "${error#-}" -lt 4200 ] || fail "the frame's wall time is off by $error s, not by the step"
    wait_until wall_is_off 1 # frames follow each step of the clock
    wait_until wall_is_off -1
    end_writer
    start_writer
    wait_until has_frames
    error=$(wall_error)
    [ "${error#-}" -lt 600 ] || fail "the frame's wall time is off by $error s"
    end_writer
    # A wait of a second and a half ends, neither at once nor in an hour.
    local start=$SECONDS
    expect_status 3 "${stepping[@]}" "$tachy" info "$name/a" --wait 1.5
    [ $((SECONDS - start)) -ge 1 ] || fail "the wait ended at once"
}

has_frames() {
    "$tachy" info "$name/a" --wait 0 --json | grep -qE '"head": [1-9]'
}

in_other_time=(unshare -T --monotonic 1000)

expect_no_latency() {
    expect_status 0 "$@" "$tachy" hz "$name/a" --seconds 2 --json
    expect_one_line "$name/a: the clock domain differs"
    figures 'f["latency_p50_ns"] is None and f["latency_max_ns"] is None and f["frames"] > 0'
    expect_status 0 "$@" "$tachy" info "$name/a"
    grep -q '^clock .*the clock domain differs' out || fail "$(cat out)"
    "$@" "$tachy" hz "$name/a" --seconds 100 2>hz.err >hz.out & # a reader, while others look at its figures
    local hz=$!
    wait_until reader_has_frames
    expect_status 0 "$tachy" top --once --json
    grep -qE '"name": "tachy hz".*"latency_p50_ns": 0, "latency_p99_ns": 0' out || fail "$(cat out)"
    kill "$hz"
    wait "$hz" || true
}

reader_has_frames() {
    "$tachy" top --once --json | grep -qE '"name": "tachy hz", [^}]*"received": [1-9]'
}

fault_65_a_writer_of_another_time_namespace_has_no_latency_and_no_negative_one() {
    "${in_other_time[@]}" true 2>/dev/null || [ "$(id -u)" = 0 ] || skip "only root makes time namespaces"
    start_writer
    expect_no_latency "${in_other_time[@]}" # the reader is ahead
    end_writer
    start_writer "${in_other_time[@]}"
    expect_no_latency env # the reader is behind: its latencies would be negative
    end_writer
}

tap_main fault_64_a_wall_clock_that_steps_changes_no_latency_and_no_wait \
    fault_65_a_writer_of_another_time_namespace_has_no_latency_and_no_negative_one "$@"
