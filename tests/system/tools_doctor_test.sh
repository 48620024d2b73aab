#!/usr/bin/env bash
# `tachy doctor`: what it says of machines that lack something, made by private mounts where it takes root.
source "$(dirname "$0")/../lib/tap.sh"

tachy=$bin/tachy

# expect_check NAME true|false [SEEN-REGEX [ADVICE-REGEX]]: one check of ./out, which --json wrote
expect_check() {
    "$python" - "$@" <<'END'
import json, re, sys
name, ok, patterns = sys.argv[1], sys.argv[2] == "true", sys.argv[3:]
(check,) = [c for c in json.load(open("out"))["checks"] if c["name"] == name]
assert check["ok"] is ok, check
for key, pattern in zip(["seen", "advice"], patterns):
    assert re.search(pattern, check[key]), (pattern, check)
END
}

# For SCRIPTs below: another user may not reach the build folder (a clone under /root), so they run a copy.
for_anybody='mount -t tmpfs -o mode=0755 tmpfs /mnt && cp "$tachy" "${tachy%/bin/*}"/lib/libtachy.so.0 /mnt &&
    export LD_LIBRARY_PATH=/mnt tachy=/mnt/tachy'

# Runs SCRIPT, where "$tachy" is the program, with mounts of its own.
in_private_mounts() { # STATUS SCRIPT
    [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip "it takes root and mount namespaces"
    export tachy
    expect_status "$1" unshare -m bash -c "$2"
}

json_follows_the_schema_and_the_exit_status_says_if_all_is_well() {
    local status=0
    "$tachy" doctor --json >out 2>err </dev/null || status=$?
    "$python" - "$status" <<'END'
import json, sys
answer = json.load(open("out"))
assert list(answer) == ["version", "checks"] and answer["version"] == 1
for check in answer["checks"]:
    assert list(check) == ["name", "ok", "seen", "advice"], check
    assert isinstance(check["ok"], bool) and check["seen"] and (check["ok"] or check["advice"]), check
names = [check["name"] for check in answer["checks"]]
assert names == ["kernel", "shared memory", "memory limit", "container", "permissions", "file locks", "futex",
                 "huge pages", "RemoveIPC", "streams", "Vulkan loader", "Vulkan device"], names
assert int(sys.argv[1]) == (0 if all(check["ok"] for check in answer["checks"]) else 1)
END
    expect_check kernel true "^Linux $(uname -r) "
    expect_check "file locks" true
    expect_check futex true
    expect_status "$status" "$tachy" doctor
    [ "$(grep -cE '^(ok|LOOK) ' out)" = 12 ] || fail "$(cat out)"
}

it_leaves_nothing_in_shared_memory() {
    find /dev/shm -name '*doctor*' >before
    "$tachy" doctor >/dev/null || true
    find /dev/shm -name '*doctor*' | diff before -
}

dockers_64_mb_get_the_option_that_raises_them() {
    in_private_mounts 1 'mount -t tmpfs -o size=64m tmpfs /dev/shm && exec "$tachy" doctor --json'
    expect_check "shared memory" false "64 MiB" "--shm-size=.*--ipc=host.*remount,size="
    in_private_mounts 1 'mount -t tmpfs -o size=64m tmpfs /dev/shm && container=x exec "$tachy" doctor --json'
    expect_check container false "64 MiB" "--ipc=host.*--ipc=container.*--shm-size="
}

enough_shared_memory_is_well() {
    in_private_mounts 0 'mount -t tmpfs -o size=1g tmpfs /dev/shm && "$tachy" doctor --json || true; exit 0'
    expect_check "shared memory" true "1024 MiB, 1024 MiB free" '^$'
}

few_names_left_are_told() {
    in_private_mounts 1 'mount -t tmpfs -o size=1g,nr_inodes=20 tmpfs /dev/shm && exec "$tachy" doctor --json'
    expect_check "shared memory" false "" "nr_inodes"
}

a_folder_without_rights_is_told() {
    in_private_mounts 1 "$for_anybody"' && mount -t tmpfs -o mode=0755 tmpfs /dev/shm &&
        exec setpriv --reuid 65534 --clear-groups "$tachy" doctor --json'
    expect_check permissions false "Permission denied" "chmod 1777"
    expect_check futex false "not tried"
}

a_folder_where_nothing_can_be_made_is_told_with_its_own_cure() {
    in_private_mounts 1 'mount -t tmpfs -o ro tmpfs /dev/shm && exec "$tachy" doctor --json'
    expect_check permissions false "Read-only" "remount,rw"
    in_private_mounts 1 'mount -t tmpfs tmpfs /dev && exec "$tachy" doctor --json'
    expect_check permissions false "No such file" "mount -t tmpfs"
    expect_check "file locks" false "not tried" "permissions"
}

a_limit_on_file_sizes_is_told() {
    # through a pipe: it may write no file either
    (ulimit -f 0; exec "$tachy" doctor --json) | cat >out
    expect_check permissions false "File too large" "ulimit -f"
}

a_folder_where_everybody_may_remove_is_told() {
    in_private_mounts 1 'mount -t tmpfs -o mode=0777 tmpfs /dev/shm && exec "$tachy" doctor --json'
    expect_check permissions false "0777" "chmod 1777"
}

remove_ipc_is_told_to_those_it_concerns() {
    local systemd="$for_anybody"' && mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && mount -t tmpfs tmpfs /etc/systemd'
    local user='setpriv --reuid 1234 --clear-groups "$tachy" doctor --json || true'
    in_private_mounts 0 "$systemd; $user"
    expect_check RemoveIPC false "user 1234" "RemoveIPC=no.*enable-linger"
    in_private_mounts 0 "$systemd; echo '#RemoveIPC=no' >/etc/systemd/logind.conf; $user"
    expect_check RemoveIPC false
    in_private_mounts 0 "$systemd; echo 'RemoveIPC=no' >/etc/systemd/logind.conf; $user"
    expect_check RemoveIPC true "off"
    in_private_mounts 0 "$systemd; echo 'RemoveIPC=no' >/etc/systemd/logind.conf
        mkdir /etc/systemd/logind.conf.d; echo 'RemoveIPC=yes' >/etc/systemd/logind.conf.d/a.conf; $user"
    expect_check RemoveIPC false
    in_private_mounts 0 "$systemd; \"\$tachy\" doctor --json || true"
    expect_check RemoveIPC true "system users"
}

without_a_driver_it_says_what_to_install() {
    [ -x "$bin/tachy-produce" ] || skip "tachy-produce is not built"
    expect_status 1 env VK_ICD_FILENAMES=/nowhere VK_DRIVER_FILES=/nowhere "$tachy" doctor --json
    expect_check "Vulkan device" false "no Vulkan driver" "mesa-vulkan-drivers.*--gpus all"
    expect_check "Vulkan loader" true
}

# A folder with `tachy` beside a producer that is a script.
with_producer() { # SCRIPT
    cp "$bin/tachy" tachy
    printf '#!/bin/sh\n%s\n' "$1" >tachy-produce
    chmod +x tachy-produce
    tachy=$PWD/tachy
}

a_driver_that_crashes_is_told() {
    with_producer 'kill -SEGV $$'
    expect_status 1 "$tachy" doctor --json
    expect_check "Vulkan device" false "signal 11"
}

what_a_driver_says_is_made_printable() {
    with_producer 'printf "tachy produce: error: \033[31mred\377\n" >&2; exit 1'
    expect_status 1 "$tachy" doctor
    grep -qF '\x1b[31mred\xff' out || fail "$(cat out)"
    ! grep -q $'\x1b' out || fail "an escape byte came through"
    expect_status 1 "$tachy" doctor --json
    expect_check "Vulkan device" false '^\\x1b\[31mred\\xff$'
}

dead_streams_are_told() {
    local name writer
    name=$(unique_name)
    "$tree/tests/tools_writer" "$name/a" 37 21 1 &
    writer=$!
    wait_until "$tachy" info "$name/a"
    kill -KILL "$writer"
    wait "$writer" || true
    expect_status 1 "$tachy" doctor --json
    expect_check streams false "[1-9][0-9]* dead" "tachy clean"
    expect_status 0 "$tachy" clean --producer "$name"
}

tap_main json_follows_the_schema_and_the_exit_status_says_if_all_is_well it_leaves_nothing_in_shared_memory \
    dockers_64_mb_get_the_option_that_raises_them enough_shared_memory_is_well few_names_left_are_told \
    a_folder_without_rights_is_told a_folder_where_nothing_can_be_made_is_told_with_its_own_cure a_limit_on_file_sizes_is_told \
    a_folder_where_everybody_may_remove_is_told remove_ipc_is_told_to_those_it_concerns \
    without_a_driver_it_says_what_to_install a_driver_that_crashes_is_told what_a_driver_says_is_made_printable \
    dead_streams_are_told "$@"
