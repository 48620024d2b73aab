#!/usr/bin/env bash
# The fuzz targets for five minutes each.
export TACHY_FUZZ_SECONDS=300
exec "$(dirname "$0")/fuzz_test.sh" "$@"
