#!/usr/bin/env bash
# The README's two commands in a clean clone, and what they leave.
source "$(dirname "$0")/../lib/tap.sh"

clone_here() {
    git clone -q --no-hardlinks "$top" clone
    [ -z "$(git -C "$top" status --porcelain --untracked-files=no)" ] || echo "note: the clone lacks what is not committed"
}

the_readmes_two_commands_run_in_a_clean_clone() {
    clone_here
    grep -q '^\./producer/demo' clone/README.md
    grep -q '^\./tests/run' clone/README.md
    cd clone
    TACHY_DEMO_SECONDS=3 ./producer/demo >../demo.log 2>&1 || fail "$(tail -30 ../demo.log)"
    find . -name '*.png' -newer README.md -not -path './tests/*' -not -path './.git/*' -not -path './bench/*' | grep -q . ||
        fail "no contact sheet: $(tail -20 ../demo.log)"
    ./tests/run --list >../list
    [ "$(wc -l <../list)" -ge 20 ] || fail "only $(wc -l <../list) tests listed"
    ./tests/run size_test >../one.log || fail "$(tail -20 ../one.log)"
    tail -1 ../one.log | grep -qE '^[0-9]+ passed, 0 failed$'
    # Nothing that git does not ignore is left in the tree.
    [ -z "$(git status --porcelain)" ] || fail "left in the tree: $(git status --porcelain)"
}

tap_main the_readmes_two_commands_run_in_a_clean_clone "$@"
