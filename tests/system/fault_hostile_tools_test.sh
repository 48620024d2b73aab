#!/usr/bin/env bash
# Faults of section E as the tools show them: who pins, what names may hold, locks that a peer keeps.
source "$(dirname "$0")/../lib/tap.sh"

tachy=$bin/tachy
writer=$tree/tests/tools_writer

start_writer() { # STREAM [HOW]
    "$writer" "$1" 37 21 1 "${@:2}" 2>said &
    writer_pid=$!
    wait_until is_alive "$1"
}

is_alive() { # STREAM
    "$tachy" info "$1" --wait 0 --json | grep -q '"alive": true'
}

kill_writer() {
    kill -KILL "$writer_pid"
    wait "$writer_pid" || true
}

# Writes bytes into an object, as a peer that may: Python's words for them.
patch() { # FILE OFFSET BYTES
    "$python" - "/dev/shm/$1" "$2" "$3" <<'END'
import ast, os, sys
path, offset, data = sys.argv[1:]
held = os.open(path, os.O_RDWR)
os.pwrite(held, ast.literal_eval(data), int(offset))
END
}

# A terminal or a parser must not be moved by it: UTF-8, and no control, escape or direction character but line ends.
expect_fit_to_print() { # FILE...
    "$python" - "$@" <<'END'
import sys, unicodedata
for path in sys.argv[1:]:
    text = open(path, "rb").read().decode("utf-8")
    bad = [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]
    if bad:
        sys.exit(f"{path} holds {bad!r}: {text!r}")
END
}

has_reader() { # STREAM: one that has frames
    "$tachy" info "$1" --wait 0 --json | grep -qE '"received": [1-9]'
}

fault_48_a_tool_outlives_emptied_objects() {
    local name kind reading status hz
    for kind in ctl reg; do
        for reading in newest every; do
            name=$(unique_name)
            start_writer "$name/a"
            "$tachy" hz "$name/a" --reading $reading --seconds 300 >figures 2>err &
            hz=$!
            wait_until has_reader "$name/a"
            truncate -s 0 "/dev/shm/tachy.$name.a.$kind"
            status=0
            wait "$hz" || status=$?
            # 5: the writer went on in new objects before hz looked at the old ones
            [ "$status" = 1 ] || [ "$status" = 5 ] || fail "hz --reading $reading without its $kind ended with $status: $(cat err)"
            expect_one_line "$name/a"
            kill "$writer_pid"
            wait "$writer_pid" || fail "the writer: $(cat said)"
            expect_nothing_left "$name"
        done
    done
}

fault_54_top_shows_who_pins() {
    local name pins
    name=$(unique_name)
    start_writer "$name/a" read
    pins="b'\\x01\\0\\0\\0\\x02\\0\\0\\0\\x03\\0\\0\\0\\x04\\0\\0\\0\\x05\\0\\0\\0\\x06\\0\\0\\0\\x07\\0\\0\\0'"
    patch "tachy.$name.a.reg" $((384 + 16 + 4)) "$pins" # of the first block: all but its own cell
    expect_status 0 "$tachy" top --once
    grep -qE '^ +every second .* [78] *$' out || fail "no reader that holds 7 or 8: $(cat out)"
    expect_status 0 "$tachy" top --once --json
    grep -qE '"name": "every second".*"held": [78]' out || fail "$(cat out)"
    kill "$writer_pid"
    wait "$writer_pid" || fail "the writer: $(cat said)"
    expect_nothing_left "$name"
}

fault_56_what_names_hold_never_reaches_a_terminal_raw() {
    local name stream command
    name=$(unique_name)
    stream=$name/$'\e[31m<b>%n%s\u202e\u200f\xff\r\nx'
    start_writer "$stream" hostile
    local control
    control=$(find /dev/shm -maxdepth 1 -name "tachy.$name.*.ctl" -printf '%f')
    patch "$control" 176 "b'\\x1b]0;owned\\x07%n<script>\\xff\\n' b'\\xe2\\x80\\xae'" # the program's name
    for command in ls "ls --json" "top --once" "top --once --json" "clean --producer $name" "clean --producer $name --json"; do
        # shellcheck disable=SC2086
        expect_status 0 "$tachy" $command
        expect_fit_to_print out err
    done
    for command in "" --json; do
        # shellcheck disable=SC2086
        expect_status 0 "$tachy" info "$stream" $command
        expect_fit_to_print out err
        grep -qF '<b>%n%s' out || fail "the name is not shown: $(cat out)"
    done
    "$tachy" ls --json | "$python" -m json.tool >/dev/null
    expect_status 1 "$tachy" snapshot "$stream" --pass $'_\e[31m%n\u202e' -o x.png
    expect_fit_to_print err
    expect_one_line '%n'
    expect_status 3 "$tachy" info "$stream"$'\e[0m%n\xff' --wait 0
    expect_fit_to_print err
    expect_one_line '%n'
    kill "$writer_pid"
    wait "$writer_pid" || fail "the writer: $(cat said)"
    expect_nothing_left "$name"
}

# Locks byte 0 of an object until the test ends.
hold_lock_of() { # FILE
    "$python" - "/dev/shm/$1" <<'END' &
import fcntl, os, struct, sys, time
held = os.open(sys.argv[1], os.O_RDWR)
fcntl.fcntl(held, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 1, 0))
open("held", "w").close()
time.sleep(300)
END
    holder=$!
    wait_until test -e held
}

fault_61_a_lock_that_a_peer_keeps_is_removed_by_force() {
    local name
    name=$(unique_name)
    start_writer "$name/a"
    kill_writer
    hold_lock_of "tachy.$name.a.ctl"
    expect_status 1 "$writer" "$name/a" 37 21 1
    grep -q "$name" err || fail "the line does not name the stream: $(cat err)"
    "$tachy" clean --producer "$name" >kept 2>&1 || true
    grep -q -- '--force' kept || fail "no word of --force: $(cat kept)"
    expect_status 0 "$tachy" clean --producer "$name" --force
    expect_nothing_left "$name"
    start_writer "$name/a"
    kill "$writer_pid"
    wait "$writer_pid" || fail "the writer: $(cat said)"
    kill "$holder"
    expect_nothing_left "$name"
}

tap_main fault_48_a_tool_outlives_emptied_objects fault_54_top_shows_who_pins fault_56_what_names_hold_never_reaches_a_terminal_raw \
    fault_61_a_lock_that_a_peer_keeps_is_removed_by_force "$@"
