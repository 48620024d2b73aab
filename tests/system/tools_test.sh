#!/usr/bin/env bash
# `tachy ls`, `info` and `snapshot` on a real writer's stream, and what they say when something is wrong.
source "$(dirname "$0")/../lib/tap.sh"

tachy=$bin/tachy
writer=$tree/tests/tools_writer
check=(/usr/bin/python3 "$top/tests/system/tools_check.py")
size=(37 21)

start_writer() { # IMAGES [HOW]
    name=$(unique_name)
    stream=$name/a
    "$writer" "$stream" "${size[@]}" "$@" &
    writer_pid=$!
    trap 'kill $writer_pid 2>/dev/null || true; wait $writer_pid || true' EXIT
    wait_until is_there "${2:-}"
}

# Its stream, and its reader if it has one.
is_there() { # HOW
    "$tachy" info "$stream" --json >there && { [ "$1" != hostile ] || grep -q nasty there; }
}

a_picture_of_each_pass_has_the_writers_pixels() {
    start_writer 1
    expect_status 0 "$tachy" snapshot "$stream" -o img.png
    "${check[@]}" png img.png img
    local pass
    for pass in id depth; do
        expect_status 0 "$tachy" snapshot "$stream" --pass _$pass -o $pass.png
        "${check[@]}" png $pass.png $pass
    done
}

a_picture_has_the_size_of_its_own_plane() {
    start_writer 1 mixed
    local pass
    for pass in img id depth; do
        expect_status 0 "$tachy" snapshot "$stream" --pass _$pass -o $pass.png
        "${check[@]}" png $pass.png $pass
    done
}

numpy_reads_one_plane() {
    start_writer 2
    local plane
    for plane in color depth id; do
        expect_status 0 "$tachy" snapshot "$stream" --plane $plane -o $plane.npy
        "${check[@]}" npy $plane.npy $plane 2
    done
}

numpy_reads_a_whole_frame() {
    start_writer 2
    expect_status 0 "$tachy" snapshot "$stream" -o frame.npz
    "${check[@]}" npz frame.npz 2
}

a_plane_called_like_another_member_of_the_archive_keeps_apart() {
    start_writer 1 mixed
    expect_status 0 "$tachy" snapshot "$stream" -o frame.npz
    "${check[@]}" mixed frame.npz
}

snapshot_waits_for_a_frame_that_has_the_plane() {
    start_writer 1 late
    expect_status 0 "$tachy" snapshot "$stream" --plane depth --timeout 240 -o depth.npy
    "${check[@]}" npy depth.npy depth 1
}

info_and_ls_follow_the_documented_schema() {
    start_writer 1 hostile
    expect_status 0 "$tachy" info "$stream" --json
    "${check[@]}" info out "$stream" 1
    expect_status 0 "$tachy" ls --json
    "${check[@]}" ls out "$stream"
}

control_bytes_of_others_never_reach_the_terminal() {
    start_writer 1 hostile
    expect_status 0 "$tachy" info "$stream"
    grep -qF '\x1b[31m"nasty"\xff' out || fail "the reader is not shown: $(cat out)"
    ! grep -q $'\x1b' out || fail "an escape byte came through"
}

ls_shows_a_stream_in_one_line() {
    start_writer 1
    expect_status 0 "$tachy" ls
    grep -qE "^$stream +37x21 +color depth id " out || fail "$(cat out)"
}

an_absent_stream_is_exit_status_3() {
    local absent
    absent=$(unique_name)/a
    expect_status 3 "$tachy" snapshot "$absent" --timeout 0 -o a.png
    expect_one_line "$absent"
    expect_status 3 "$tachy" info "$absent" --wait 0
    expect_one_line "$absent"
    [ ! -e a.png ] || fail "a file was left"
}

# The control object of $stream as "<producer>/b", with the bytes at an offset replaced.
copy_damaged() { # OFFSET BYTES
    local control=/dev/shm/tachy.$name.b.ctl
    cp "/dev/shm/tachy.$name.a.ctl" "$control"
    chmod 600 "$control"
    # shellcheck disable=SC2059
    printf "$2" | dd of="$control" bs=1 seek="$1" conv=notrunc status=none
    trap 'rm -f "/dev/shm/tachy.$name.b.ctl"; kill $writer_pid; wait $writer_pid' EXIT
}

refuses_at_once() { # STATUS REGEX
    expect_status "$1" "$tachy" info "$name/b" --wait 3600 # who waits hangs
    expect_one_line "$2"
    expect_status 0 "$tachy" ls
    grep -q "^$stream " out || fail "the others are not listed: $(cat out)"
    grep -E "tachy\.$name\.b\.ctl" err | grep -qE "$2" || fail "no warning: $(cat err)"
}

a_stream_that_cannot_be_read_is_named_at_once_and_the_others_listed() {
    start_writer 1
    copy_damaged 14 '\2\0'
    refuses_at_once 1 rebuild
    copy_damaged 0 'nonsense'
    refuses_at_once 1 'not an object of ours'
    copy_damaged 14 '\1\0'
    truncate -s 100 "/dev/shm/tachy.$name.b.ctl"
    refuses_at_once 1 'cut short'
    chmod 666 "/dev/shm/tachy.$name.b.ctl"
    refuses_at_once 1 'everybody may write it'
}

an_unfinished_stream_is_waited_for_and_named() {
    start_writer 1
    copy_damaged 0 '\0\0\0\0\0\0\0\0'
    expect_status 4 "$tachy" info "$name/b" --wait 0.2
    expect_one_line "tachy\.$name\.b\.ctl" 'not initialised'
}

no_frame_in_time_is_exit_status_4_and_leaves_no_file() {
    start_writer 1 silent
    expect_status 4 "$tachy" snapshot "$stream" --timeout 0.2 -o a.png
    expect_one_line "$stream" "a.png"
    [ "$(ls)" = $'err\nout\nthere' ] || fail "left: $(ls)"
}

has_reader() {
    "$tachy" info "$stream" --json | grep -q '"received"'
}

ctrl_c_while_waiting_is_exit_status_130_and_leaves_no_file() {
    start_writer 1 silent
    start_interruptible "$tachy" snapshot "$stream" --timeout 3600 -o a.png >out 2>err
    wait_until has_reader
    end_started INT 130
    [ "$(ls)" = $'err\nout\nthere' ] || fail "left: $(ls)"
}

an_unknown_plane_or_pass_is_refused_by_name() {
    start_writer 1
    expect_status 1 "$tachy" snapshot "$stream" --plane shine -o a.npy
    expect_one_line "shine"
    expect_status 1 "$tachy" snapshot "$stream" --pass _shine -o a.png
    expect_one_line "_shine"
    [ "$(ls)" = $'err\nout\nthere' ] || fail "left: $(ls)"
}

a_file_that_cannot_be_written_is_refused_by_name() {
    start_writer 1
    expect_status 1 "$tachy" snapshot "$stream" -o nowhere/a.png
    expect_one_line "nowhere/a.png"
    mkdir folder.png
    expect_status 1 "$tachy" snapshot "$stream" -o folder.png
    expect_one_line "folder.png"
}

wrong_use_is_exit_status_2_and_one_line() {
    local words
    while read -r words; do
        # shellcheck disable=SC2086
        expect_status 2 "$tachy" $words
        expect_one_line '^tachy: '
    done <<'WORDS'
--json
nonsense
ls extra
ls --nonsense
ls --json=1
ls --log
ls --log loud
clean extra
doctor extra
top extra
top --interval 0
top --count many
top --count -1
hz
hz a --reading lossless
hz a --seconds ever
clean --producer
info
snapshot
snapshot a
snapshot a -o
snapshot a -o a.gif
snapshot a -o a.npy
snapshot a -o a.png --plane depth
snapshot a -o a.npz --pass _img
snapshot a -o a.png --timeout soon
demo --seconds -1
WORDS
}

what_is_not_here_yet_is_refused_by_name() {
    local word
    for word in cat send commands trace image tdw; do
        expect_status 2 "$tachy" $word
        expect_one_line "^tachy: '$word' is not in this version yet$"
    done
    expect_status 2 "$tachy" snapshot a -o a.tachy-frame
    expect_one_line ".tachy-frame is not in this version yet"
    expect_status 2 "$tachy" snapshot a -o a.png --frame 7
    expect_one_line "--frame is not in this version yet"
}

help_of_every_command_shows_examples() {
    local command
    expect_status 0 "$tachy" --help
    grep -q "tachy demo" out
    for command in demo ls info top hz clean doctor snapshot; do
        expect_status 0 "$tachy" $command --help
        grep -q "Examples:" out || fail "no examples: $command"
        cp out other
        expect_status 0 "$tachy" help $command
        cmp out other
    done
}

the_version_is_the_projects() {
    local version
    version=$(sed -nE 's/^project\(.* VERSION ([0-9.]+).*/\1/p' "$top/CMakeLists.txt")
    expect_status 0 "$tachy" --version
    [ "$(cat out)" = "tachy $version" ] || fail "$(cat out)"
    expect_status 0 "$tachy" ls --version
    [ "$(cat out)" = "tachy $version" ] || fail "$(cat out)"
}

another_name_runs_that_program() {
    mkdir programs
    printf '#!/bin/sh\necho "$#:$1:$2"\nexit 7\n' >programs/tachy-hello
    chmod +x programs/tachy-hello
    PATH=$PWD/programs:$PATH expect_status 7 "$tachy" hello --big world
    [ "$(cat out)" = "2:--big:world" ] || fail "$(cat out)"
}

a_full_disk_is_said() {
    start_writer 1
    expect_status 1 bash -c '"$1" ls >/dev/full' - "$tachy"
    expect_one_line "standard output"
}

tap_main a_picture_of_each_pass_has_the_writers_pixels \
    a_picture_has_the_size_of_its_own_plane numpy_reads_one_plane numpy_reads_a_whole_frame \
    a_plane_called_like_another_member_of_the_archive_keeps_apart \
    snapshot_waits_for_a_frame_that_has_the_plane info_and_ls_follow_the_documented_schema \
    control_bytes_of_others_never_reach_the_terminal ls_shows_a_stream_in_one_line \
    an_absent_stream_is_exit_status_3 a_stream_that_cannot_be_read_is_named_at_once_and_the_others_listed \
    an_unfinished_stream_is_waited_for_and_named no_frame_in_time_is_exit_status_4_and_leaves_no_file \
    ctrl_c_while_waiting_is_exit_status_130_and_leaves_no_file an_unknown_plane_or_pass_is_refused_by_name \
    a_file_that_cannot_be_written_is_refused_by_name wrong_use_is_exit_status_2_and_one_line \
    what_is_not_here_yet_is_refused_by_name help_of_every_command_shows_examples the_version_is_the_projects \
    another_name_runs_that_program a_full_disk_is_said "$@"
