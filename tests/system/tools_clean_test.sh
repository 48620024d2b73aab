#!/usr/bin/env bash
# `tachy clean`: what dead writers left goes; what lives, and what is somebody else's, stays.
source "$(dirname "$0")/../lib/tap.sh"

tachy=$bin/tachy
name=$(unique_name)

start_writer() { # NAME
    "$tree/tests/tools_writer" "$1/a" 37 21 1 &
    writer=$!
    wait_until has_published "$1/a" # by then it has made all its objects
}

has_published() { # STREAM
    "$tachy" info "$1" --wait 0 --json | grep -q '"head": [1-9]'
}

is_alive() { # STREAM
    "$tachy" info "$1" --wait 0 --json | grep -q '"alive": true'
}

kill_writer() { # [PID]
    kill -KILL "${1:-$writer}"
    wait "${1:-$writer}" || true
}

names_of() { # PRODUCER
    find /dev/shm -maxdepth 1 -name "tachy.$1.*" | sort
}

# Locks byte 0 of an object until the test ends, as a peer that means harm may.
hold_lock_of() { # FILE
    "$python" - "/dev/shm/$1" <<'END' &
import fcntl, os, signal, struct, sys
held = os.open(sys.argv[1], os.O_RDWR)
fcntl.fcntl(held, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 1, 0))
open("held", "w").close()
signal.pause()
END
    holder=$!
    wait_until test -e held
}

what_a_killed_writer_left_is_removed_and_named() {
    start_writer "$name"
    kill_writer
    names_of "$name" >before
    [ "$(wc -l <before)" = 9 ] || fail "expected 9 names: $(cat before)"
    expect_status 0 "$tachy" clean --producer "$name"
    expect_nothing_left "$name"
    diff <(sed -n 's|^removed  \([^ ]*\).*|/dev/shm/\1|p' out | sort) before
    grep -qE '^9 names removed, 1\.[0-9] MB freed\.$' out || fail "$(cat out)"
    expect_status 0 "$tachy" clean --producer "$name"
    [ "$(cat out)" = "Nothing to clean." ] || fail "$(cat out)"
}

what_a_killed_producer_left_is_removed() {
    [ -x "$bin/tachy-produce" ] || skip "tachy-produce is not built"
    "$bin/tachy-produce" --name "$name" --size 64x48 --avatars 2 2>said &
    writer=$!
    wait_until is_alive "$name/b"
    kill_writer
    expect_status 0 "$tachy" clean --producer "$name"
    expect_nothing_left "$name"
}

a_live_writer_keeps_everything_with_force_too() {
    start_writer "$name"
    names_of "$name" >before
    local force
    for force in "" --force; do
        # shellcheck disable=SC2086
        expect_status 0 "$tachy" clean --producer "$name" $force
        names_of "$name" | diff - before
        [ "$(cat out)" = "Nothing to clean; 9 names of live producers left alone." ] || fail "$(cat out)"
    done
    expect_status 0 "$tachy" snapshot "$name/a" -o a.png
    kill -TERM "$writer"
    wait "$writer"
    expect_nothing_left "$name"
}

# Python's resource_tracker and people remove names; the spare ones still say that the writer lives.
a_live_writer_whose_names_were_removed_keeps_the_others() {
    start_writer "$name"
    rm "/dev/shm/tachy.$name.lock" "/dev/shm/tachy.$name.a.ctl"
    names_of "$name" >others # with those that the writer has linked back by now
    expect_status 0 "$tachy" clean --force --producer "$name"
    [ -z "$(names_of "$name" | comm -13 - others)" ] || fail "left: $(names_of "$name")"
    kill -TERM "$writer"
    wait "$writer"
    expect_nothing_left "$name"
}

a_stopped_writer_is_alive() {
    start_writer "$name"
    kill -STOP "$writer"
    "$tachy" clean --force --producer "$name" >out || true
    kill -CONT "$writer" # before anything can fail: nobody ends a stopped process by asking
    [ "$(names_of "$name" | wc -l)" = 9 ] || fail "left: $(names_of "$name"); $(cat out)"
    kill -TERM "$writer"
    wait "$writer"
}

a_lock_that_a_stranger_holds_needs_force() {
    local object
    for object in lock a.ctl; do
        rm -f held
        start_writer "$name"
        kill_writer
        hold_lock_of "tachy.$name.$object"
        expect_status 0 "$tachy" clean --producer "$name"
        grep -qE "^kept +tachy\.$name\..*--force.*process $holder" out || fail "$(cat out)"
        [ "$(names_of "$name" | wc -l)" = 9 ] || fail "left: $(names_of "$name")"
        expect_status 0 "$tachy" clean --producer "$name" --force
        expect_nothing_left "$name"
        kill "$holder"
        wait "$holder" || true
    done
}

files_that_no_writer_named_stay() {
    local file files=("tachy.$name.notes.txt" "tachy.$name.a.ctl.bak" "tachy.$name.a.dat.x" "tachy.$name.a.dat.01"
        "tachy.$name.a.lock" "tachy.$name.%41.ctl" "tachy.$name..ctl" "tachy-$name.ctl")
    start_writer "$name"
    kill_writer
    for file in "${files[@]}"; do
        echo mine >"/dev/shm/$file"
    done
    expect_status 0 "$tachy" clean --force --producer "$name"
    expect_status 0 "$tachy" clean --force --producer "$name-other"
    local left
    left=$(for file in "${files[@]}"; do [ -e "/dev/shm/$file" ] && echo yes; done | wc -l)
    (cd /dev/shm && rm -f -- "${files[@]}")
    [ "$left" = ${#files[@]} ] || fail "only $left of ${#files[@]} are left"
    expect_nothing_left "$name"
}

what_is_no_regular_file_stays() {
    mkfifo "/dev/shm/tachy.$name.a.ctl"
    ln -s /nowhere "/dev/shm/tachy.$name.a.reg"
    expect_status 0 "$tachy" clean --force --producer "$name"
    [ "$(grep -c '^kept' out)" = 1 ] || fail "$(cat out)"
    local left
    left=$(names_of "$name" | wc -l)
    rm "/dev/shm/tachy.$name.a.ctl" "/dev/shm/tachy.$name.a.reg"
    [ "$left" = 2 ] || fail "$left are left"
}

another_users_objects_stay() {
    [ "$(id -u)" = 0 ] || skip "it takes root to make another user's objects"
    start_writer "$name"
    kill_writer
    chown 65534 /dev/shm/tachy."$name".*
    expect_status 0 "$tachy" clean --force --producer "$name"
    local left
    left=$(names_of "$name" | wc -l)
    chown 0 /dev/shm/tachy."$name".*
    [ "$left" = 9 ] || fail "$left are left: $(cat out)"
    expect_status 0 "$tachy" clean --producer "$name"
    expect_nothing_left "$name"
}

an_object_cut_short_is_cleaned_too() {
    start_writer "$name"
    kill_writer
    truncate -s 0 "/dev/shm/tachy.$name.a.ctl" "/dev/shm/tachy.$name.a.dat.1"
    expect_status 0 "$tachy" clean --producer "$name"
    expect_nothing_left "$name"
}

only_the_named_producer_is_cleaned() {
    local first
    start_writer "$name"
    first=$writer
    start_writer "$name-b"
    kill_writer
    kill_writer "$first"
    expect_status 0 "$tachy" clean --producer "$name"
    expect_nothing_left "$name"
    [ "$(names_of "$name-b" | wc -l)" = 9 ] || fail "left: $(names_of "$name-b")"
    expect_status 0 "$tachy" clean --producer "$name-b"
    expect_nothing_left "$name-b"
}

a_reader_of_a_dead_stream_is_not_disturbed() {
    start_writer "$name"
    "$python" - "$name" <<'END' &
import mmap, os, sys, time
held = os.open(f"/dev/shm/tachy.{sys.argv[1]}.a.dat.1", os.O_RDONLY)
view = mmap.mmap(held, 0, prot=mmap.PROT_READ)
before = bytes(view)
open("mapped", "w").close()
while not os.path.exists("cleaned"):
    time.sleep(0.01)
assert len(bytes(view)) == len(before)
END
    local reader=$!
    wait_until test -e mapped
    kill_writer
    expect_status 0 "$tachy" clean --producer "$name"
    touch cleaned
    wait "$reader"
}

json_follows_the_schema() {
    start_writer "$name"
    kill_writer
    expect_status 0 "$tachy" clean --producer "$name" --json
    "$python" - "$name" <<'END'
import json, sys
answer = json.load(open("out"))
assert list(answer) == ["version", "objects"] and answer["version"] == 1, answer
assert len(answer["objects"]) == 9
for each in answer["objects"]:
    assert list(each) == ["name", "producer", "fate", "bytes", "holder"], each
    assert each["producer"] == sys.argv[1] and each["fate"] == "removed" and each["holder"] == 0
assert sum(each["bytes"] for each in answer["objects"]) > 1_000_000
END
}

tap_main what_a_killed_writer_left_is_removed_and_named what_a_killed_producer_left_is_removed \
    a_live_writer_keeps_everything_with_force_too a_live_writer_whose_names_were_removed_keeps_the_others \
    a_stopped_writer_is_alive a_lock_that_a_stranger_holds_needs_force files_that_no_writer_named_stay \
    what_is_no_regular_file_stays another_users_objects_stay an_object_cut_short_is_cleaned_too \
    only_the_named_producer_is_cleaned a_reader_of_a_dead_stream_is_not_disturbed json_follows_the_schema "$@"
