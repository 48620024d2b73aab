#!/usr/bin/env bash
# `tachy top` and `tachy hz` on a writer of about 100 frames per second.
source "$(dirname "$0")/../lib/tap.sh"

tachy=$bin/tachy
name=$(unique_name)
stream=$name/a
check=("$python" "$top/tests/system/tools_watch_check.py")

start_writer() { # [HOW]
    "$tree/tests/tools_writer" "$stream" 37 21 1 "$@" &
    writer=$!
    wait_until is_alive
}

is_alive() {
    "$tachy" info "$stream" --wait 0 --json | grep -q '"alive": true'
}

has_measured() { # by the reader that "read" starts
    "$tachy" top --once --json | grep -qE '"latency_p50_ns": [1-9]'
}

top_shows_streams_their_readers_and_the_rates_of_both() {
    start_writer read
    wait_until has_measured
    expect_status 0 "$tachy" top --count 2 --interval 1.5
    "${check[@]}" table out "$stream" "every second"
}

top_prints_one_listing_per_refresh_as_json() {
    start_writer read
    wait_until has_measured
    expect_status 0 "$tachy" top --count 3 --interval 0.2 --json
    "${check[@]}" listings out "$stream" 3
}

top_is_drawn_in_place_and_within_the_window_of_a_terminal() {
    start_writer hostile
    "${check[@]}" terminal "$tachy" "$stream"
}

top_never_lets_control_bytes_of_others_through() {
    start_writer hostile
    expect_status 0 "$tachy" top --once
    grep -qF '\x1b[31m"nasty"\xff' out || fail "the reader is not shown: $(cat out)"
    ! grep -q $'\x1b' out || fail "an escape byte came through"
    expect_status 0 "$tachy" top --once --json
    grep -qF '\\x1b[31m\"nasty\"\\xff' out || fail "the reader is not shown: $(cat out)"
    ! grep -q $'\x1b' out || fail "an escape byte came through"
}

top_shows_a_killed_writer_as_dead() {
    start_writer
    kill -KILL "$writer"
    wait "$writer" || true
    expect_status 0 "$tachy" top --once
    grep -qE "^$stream +[0-9]+ dead +0\.0 " out || fail "$(cat out)"
    expect_status 0 "$tachy" clean --producer "$name"
}

ctrl_c_ends_top_with_status_130() {
    expect_status 130 timeout --preserve-status -s INT 0.5 "$tachy" top
}

hz_measures_rate_jitter_and_latency() {
    start_writer
    expect_status 0 "$tachy" hz "$stream" --seconds 2.5 --json
    "${check[@]}" pulse out "$stream" 2
    expect_status 0 "$tachy" hz "$stream" --seconds 1.2
    grep -qE '^1 s +[0-9.]+ +[0-9]+ .* (us|ms) +0 +0$' out || fail "$(cat out)"
    grep -qE '^in all +[0-9.]+ +[0-9]+ ' out || fail "$(cat out)"
}

hz_is_seen_as_a_reader_while_it_measures() {
    start_writer
    "$tachy" hz "$stream" --seconds 20 >hz.out &
    local hz=$!
    wait_until reads_by_name "tachy hz"
    kill -TERM "$hz"
    wait "$hz" || [ $? = 143 ] || fail "hz ended with $?"
    grep -q '^in all' hz.out || fail "no summary: $(cat hz.out)"
    ! reads_by_name "tachy hz" || fail "it is still there"
}

reads_by_name() { # READER
    "$tachy" info "$stream" --json | grep -qF "\"name\": \"$1\""
}

a_writer_that_ends_is_exit_status_5_and_a_summary() {
    local signal
    for signal in TERM KILL; do
        start_writer
        (sleep 0.6; kill -$signal "$writer") &
        expect_status 5 "$tachy" hz "$stream"
        grep -q '^in all' out || fail "no summary: $(cat out)"
        expect_one_line "$stream"
        wait "$writer" || true
    done
    expect_status 0 "$tachy" clean --producer "$name"
}

no_frame_is_exit_status_4() {
    start_writer silent
    expect_status 4 "$tachy" hz "$stream" --seconds 0.3
    expect_one_line "$stream" "frames"
}

an_absent_stream_is_exit_status_3() {
    expect_status 3 "$tachy" hz "$stream" --wait 0
    expect_one_line "$stream"
}

ctrl_c_ends_hz_with_status_130_and_a_summary() {
    start_writer
    expect_status 130 timeout --preserve-status -s INT 0.5 "$tachy" hz "$stream"
    grep -q '^in all' out || fail "no summary: $(cat out)"
}

tap_main top_shows_streams_their_readers_and_the_rates_of_both top_prints_one_listing_per_refresh_as_json \
    top_is_drawn_in_place_and_within_the_window_of_a_terminal top_never_lets_control_bytes_of_others_through \
    top_shows_a_killed_writer_as_dead ctrl_c_ends_top_with_status_130 hz_measures_rate_jitter_and_latency \
    hz_is_seen_as_a_reader_while_it_measures a_writer_that_ends_is_exit_status_5_and_a_summary no_frame_is_exit_status_4 \
    an_absent_stream_is_exit_status_3 ctrl_c_ends_hz_with_status_130_and_a_summary "$@"
