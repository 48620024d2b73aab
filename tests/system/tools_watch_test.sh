#!/usr/bin/env bash
# `tachy top` and `tachy hz` on a writer of about 100 frames per second.
source "$(dirname "$0")/../lib/tap.sh"

tachy=$bin/tachy
name=$(unique_name)
stream=$name/a
check=("$python" "$top/tests/system/tools_watch_check.py")

# A writer that has published (unless silent), with the reader that HOW asks for.
start_writer() { # [HOW]
    "$tree/tests/tools_writer" "$stream" 37 21 1 "$@" &
    writer=$!
    case ${1:-} in
    silent) wait_until streams "alive" ;;
    hostile) wait_until streams "alive and readers" ;;
    read) wait_until streams "alive and readers and readers[0]['received'] > 20" ;;
    *) wait_until streams "alive and head > 0" ;;
    esac
}

# Whether an expression is true of the stream as `tachy info --json` shows it.
streams() { # EXPRESSION
    "$tachy" info "$stream" --wait 0 --json | "$python" -c 'import json, sys
sys.exit(not eval(sys.argv[1], json.load(sys.stdin)))' "$1"
}

has_read() { # READER
    streams "[r for r in readers if r['name'] == '$1' and r['received'] > 0]"
}

has_printed() { # REGEX
    grep -qE -- "$1" out
}

top_shows_streams_their_readers_and_the_rates_of_both() {
    start_writer read
    "${check[@]}" table "$tachy" "$stream"
    "${check[@]}" rate "$tachy" "$stream"
}

top_prints_one_listing_per_refresh_as_json() {
    start_writer read
    expect_status 0 "$tachy" top --count 3 --interval 0.2 --json
    "${check[@]}" listings out "$stream" 3
    "${check[@]}" advances "$tachy" "$stream"
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
    start_interruptible "$tachy" top >out 2>err
    wait_until test -s out
    end_started INT 130
}

hz_measures_rate_jitter_and_latency() {
    start_writer
    "${check[@]}" pulse "$tachy" "$stream"
}

measures() {
    "$tachy" hz "$stream" --seconds 1.2 >out 2>err
}

hz_ends_after_its_seconds() {
    start_writer
    wait_until measures # a machine that stands still for all of it has seen no frame: status 4
    has_printed '^[0-9]+ s +[0-9.]+ +[0-9]+ .* +[0-9]+ +0$' || fail "$(cat out)"
    has_printed '^in all +[0-9.]+ +[0-9]+ ' || fail "$(cat out)"
}

hz_is_seen_as_a_reader_while_it_measures() {
    start_writer
    start_interruptible "$tachy" hz "$stream" >out 2>err
    wait_until has_read "tachy hz"
    end_started TERM 143
    has_printed '^in all' || fail "no summary: $(cat out)"
    ! has_read "tachy hz" || fail "it is still there"
}

is_full() {
    "$tachy" info "$stream" --json | grep -q '"held_reserved": 1, "held_max": 1,'
}

hz_measures_a_stream_whose_frames_are_all_reserved() {
    start_writer full
    wait_until is_full
    expect_status 1 "$tachy" hz "$stream" --seconds 1 --reading every
    expect_one_line "$stream" "reserve"
    start_interruptible "$tachy" hz "$stream" >out 2>err
    wait_until has_read "tachy hz"
    is_full || fail "hz reserves"
    end_started TERM 143
    has_printed '^in all' || fail "no summary: $(cat out)"
}

a_writer_that_ends_is_exit_status_5_and_a_summary() {
    local signal status
    for signal in TERM KILL; do
        start_writer
        "$tachy" hz "$stream" >out 2>err &
        local hz=$!
        wait_until has_read "tachy hz"
        kill -$signal "$writer"
        status=0
        wait "$hz" || status=$?
        [ "$status" = 5 ] || fail "exit status $status after SIG$signal: $(cat err)"
        has_printed '^in all' || fail "no summary: $(cat out)"
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
    start_interruptible "$tachy" hz "$stream" >out 2>err
    wait_until has_read "tachy hz"
    end_started INT 130
    has_printed '^in all' || fail "no summary: $(cat out)"
}

tap_main top_shows_streams_their_readers_and_the_rates_of_both top_prints_one_listing_per_refresh_as_json \
    top_is_drawn_in_place_and_within_the_window_of_a_terminal top_never_lets_control_bytes_of_others_through \
    top_shows_a_killed_writer_as_dead ctrl_c_ends_top_with_status_130 hz_measures_rate_jitter_and_latency \
    hz_ends_after_its_seconds hz_is_seen_as_a_reader_while_it_measures \
    hz_measures_a_stream_whose_frames_are_all_reserved \
    a_writer_that_ends_is_exit_status_5_and_a_summary no_frame_is_exit_status_4 an_absent_stream_is_exit_status_3 \
    ctrl_c_ends_hz_with_status_130_and_a_summary "$@"
