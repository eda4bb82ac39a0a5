#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every test of a build and ends with one line of counts. usage: check.sh BUILD_DIR [name part]
# As many programs run as there are processors; each gets its own scratch folder. Output of a failing one is shown whole.
set -u
build=$1
only=${2:-}
export LC_ALL=C.UTF-8 TZ=UTC
export LSAN_OPTIONS="suppressions=$PWD/scripts/lsan.supp:print_suppressions=0" # builds with MODE=asan
export MOPAI_BIN="$PWD/$build/mopai" MOPAI_GEN="$PWD/$build/mopai-gen"
unset MOPAI_CLOCK MOPAI_FAULT MOPAI_LANG MOPAI_KEY 2>/dev/null || true
# in memory where there is room: thousands of small files are synced, and none of them matters after the test
free_kib=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
[ -n "${TMPDIR:-}" ] || { [ "${free_kib:-0}" -gt 1000000 ] && [ -w /dev/shm ] && TMPDIR=/dev/shm; }
scratch=$(mktemp -d "${TMPDIR:-/tmp}/mopai-check.XXXXXX")
trap 'rm -rf "$scratch"' EXIT INT TERM

jobs_list="$scratch/jobs"
{
    for t in "$build"/tests/fault/* "$build"/tests/prop/* "$build"/tests/unit/*/*; do
        case $t in *.o | *.d) ;; *) [ -x "$t" ] && [ -f "$t" ] && echo "$t" ;; esac
    done
    for t in "$build"/replay/*; do
        [ -x "$t" ] && echo "$t tests/fuzz/corpus/$(basename "$t" | sed 's/^fuzz_//')"
    done
    for t in tests/golden/*/cmd tests/scripts/*.sh scripts/check-floors.sh scripts/check-text.sh; do
        [ -f "$t" ] && echo "sh $t"
    done
} | grep -F -- "$only" >"$jobs_list"

run_one() {
    name=$(echo "$1" | tr -c 'A-Za-z0-9\n' _)
    mkdir -p "$scratch/$name"
    started=$(date +%s%N)
    if TMPDIR="$scratch/$name" timeout 600 sh -c "$1" >"$scratch/$name.out" 2>&1 </dev/null; then
        echo pass >"$scratch/$name.result"
    else
        echo fail >"$scratch/$name.result"
        { echo "--- FAILED: $1"; tail -60 "$scratch/$name.out"; } >"$scratch/$name.report"
    fi
    echo "$((($(date +%s%N) - started) / 1000000)) $1" >>"$scratch/times"
    rm -rf "${scratch:?}/$name"
}

# whoever is free takes the next: the folder of its number can be made only once
worker() {
    n=0
    while read -r job; do
        n=$((n + 1))
        mkdir "$scratch/taken.$n" 2>/dev/null && run_one "$job"
    done <"$jobs_list"
}
for _ in $(seq "$(nproc)"); do
    worker &
done
wait

cat "$scratch"/*.report 2>/dev/null
[ -n "${TIMES:-}" ] && sort -rn "$scratch/times" | head -20
passed=$(cat "$scratch"/*.result 2>/dev/null | grep -c pass)
failed=$(cat "$scratch"/*.result 2>/dev/null | grep -c fail)
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
