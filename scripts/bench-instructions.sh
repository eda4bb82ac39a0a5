#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Instructions of each stage of a night, counted by callgrind: the same on a busy machine as on a quiet one, to compare commits. usage: bench-instructions.sh BUILD [BEFORE]
# PERSONS=20000 of the reference load, one thread. Given BEFORE, another build of mopai, its night is counted too and each stage compared.
# What the kernel does is not counted, nor what a miss of the cache costs: a stage that waits for memory is to be timed as well.
set -eu
build=$1
before=${2:-}
persons=${PERSONS:-20000}
load=tests/bench/load_g
command -v valgrind >/dev/null || { echo "valgrind is not here: nothing counted"; exit 0; }
work=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/mopai-instructions.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
MOPAI_KEY="$work/key" MOPAI_CLOCK=2026-03-02T02:00:00
export MOPAI_KEY MOPAI_CLOCK
mkdir -p "$work/files"
"$build/tests/bench/load_g" "$persons" "$work/files" >/dev/null
rows=$(($(cat "$work"/files/*.csv | wc -l) - 4))

# counted MOPAI NAME: stage and instructions, a line each; a stage ends where the function that begins the next one is first called
counted() {
    rm -rf "$work/site"
    "$1" init "$work/site" >/dev/null
    cp "$load"/*.yaml "$load/areas.csv" fixtures/site/calendar.csv "$work/site/"
    ln "$work"/files/*.csv "$work/site/inbox/"
    one=
    ! command -v taskset >/dev/null || one="taskset -c 0"
    $one valgrind --tool=callgrind --callgrind-out-file="$work/$2.out" --dump-before=inputs_in_force --dump-before=link_night --dump-before=assess_night \
        --dump-before=report_night --dump-before=publish_night "$1" -C "$work/site" run >"$work/log" 2>&1 || { tail -5 "$work/log"; exit 1; }
    # the dumps are numbered; the last one, at the end of the program, has no number
    for part in 1 2 3 4 5 ""; do
        f="$work/$2.out${part:+.$part}"
        case $part in 1) stage=ingest ;; 2) stage=in-force ;; 3) stage=link ;; 4) stage=assess ;; 5) stage=report ;; *) stage=publish ;; esac
        [ -f "$f" ] || { echo "no dump for $stage: is a stage inlined?" >&2; exit 1; }
        echo "$stage $(sed -n -e 's/^totals: *//p' "$f" | tail -1)"
    done >"$work/$2.txt"
}

counted "$build/mopai" now
if [ -n "$before" ]; then
    counted "$before" before
    paste -d ' ' "$work/now.txt" "$work/before.txt"
else
    cat "$work/now.txt"
fi | awk -v rows="$rows" -v persons="$persons" '
    BEGIN { print persons " persons, " rows " rows, one thread, instructions of a night"; printf "%-9s %12s %9s %9s\n", "stage", "millions", "a row", "before" }
    { now += $2; before += $4; printf "%-9s %12.1f %9.0f %9s\n", $1, $2 / 1e6, $2 / rows, (NF > 2 ? sprintf("%.3f", $2 / ($4 ? $4 : 1)) : "-") }
    END { printf "%-9s %12.1f %9.0f %9s\n", "night", now / 1e6, now / rows, (before ? sprintf("%.3f", now / before) : "-") }'
