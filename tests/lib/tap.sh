# For tests written in bash: `source tests/lib/tap.sh`, functions named as sentences, then `tap_main a b c "$@"`.
#
# Each test runs in a subshell of its own, in a fresh empty folder, under `set -e`; its output is shown when it fails.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tree=${TACHY_TEST_TREE:-$top/build}
bin=$tree/bin
python=/usr/bin/python3 # the one that has the packages' NumPy

# A producer name that no other test uses.
unique_name() {
    echo "t$$-${BASHPID}-$RANDOM"
}

fail() {
    echo "FAILED: $*"
    exit 1
}

skip() {
    echo "skipped: $*"
    exit 77
}

# Runs a command with its output in ./out and ./err, and wants that exit status.
expect_status() { # STATUS COMMAND...
    local want=$1 got=0
    shift
    timeout 300 "$@" >out 2>err </dev/null || got=$? # 300 s only detect a hang
    [ "$got" = "$want" ] || fail "exit status $got, not $want, of: $*
$(tail -c 2000 out err)"
}

# ./err must be one line that matches every regular expression given.
expect_one_line() { # REGEX...
    local regex
    [ "$(wc -l <err)" = 1 ] || fail "not one line on stderr:
$(cat err)"
    for regex in "$@"; do
        grep -qE -- "$regex" err || fail "no \"$regex\" in: $(cat err)"
    done
}

# Nothing of that producer may be in /dev/shm.
expect_nothing_left() { # PRODUCER
    local left
    left=$(find /dev/shm -maxdepth 1 -name "tachy.$1.*")
    [ -z "$left" ] || fail "left behind: $left"
}

# Waits until a command succeeds; 5 minutes only detect a hang.
wait_until() { # COMMAND...
    local end=$((SECONDS + 300))
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || fail "waited 5 minutes for: $*"
        sleep 0.05
    done
}

# Starts a command that Ctrl-C ends (background jobs of a script ignore SIGINT), in a process group of its own: `started`.
start_interruptible() { # COMMAND...
    "$python" -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL); os.setpgid(0, 0); os.execvp(sys.argv[1], sys.argv[1:])' "$@" &
    started=$!
}

# Ends what was started last, and wants that exit status.
end_started() { # SIGNAL STATUS
    local got=0
    kill -"$1" "$started"
    wait "$started" || got=$?
    [ "$got" = "$2" ] || fail "exit status $got, not $2, after SIG$1: $(tail -c 2000 out err 2>&1)"
}

tap_main() { # TEST... [--list]
    local test tests=() count=0 failed=0 status folder
    [ "${!#}" != --list ] || { printf '%s\n' "${@:1:$#-1}"; return 0; }
    for test in "$@"; do
        # shellcheck disable=SC2254
        case $test in ${TACHY_TEST_FILTER:-*}) tests+=("$test") ;; esac
    done
    echo "1..${#tests[@]}"
    for test in "${tests[@]}"; do
        count=$((count + 1))
        folder=$(mktemp -d)
        (
            cd "$folder" || exit 1
            # shellcheck disable=SC2046
            trap 'status=$?; set +e; kill $(jobs -p) 2>/dev/null; wait; exit $status' EXIT
            set -e
            "$test"
        ) >"$folder.log" 2>&1
        status=$?
        case $status in
        0) echo "ok $count - $test" ;;
        77) grep -m1 '^skipped: ' "$folder.log" | sed 's/^/# /'; echo "ok $count - $test # SKIP" ;;
        *) sed 's/^/# /' "$folder.log"; echo "not ok $count - $test"; failed=$((failed + 1)) ;;
        esac
        rm -rf "$folder" "$folder.log"
    done
    return "$failed"
}
