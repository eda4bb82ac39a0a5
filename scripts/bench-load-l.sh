#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The load of a whole bureau: every source, every shipped rule, probabilistic linkage, lists as workbooks and on paper. usage: bench-load-l.sh BUILD ; PERSONS=1000000
# (23 million rows, 10 GB in BENCH_DIR or /dev/shm). First night: the backlog of 17 months. Usual night: what came the day after, with the insured register
# delivered again, and the households released that streets can take. The bars are 60 s and 15 s on two cores.
set -eu
build=$1
persons=${PERSONS:-1000000}
base=${BENCH_DIR:-}
[ -n "$base" ] || { base=/dev/shm; [ -w "$base" ] || base=${TMPDIR:-/tmp}; }
work=$(mktemp -d "$base/mopai-load-l.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
export MOPAI_KEY="$work/key"
site="$work/site"
parts=$((persons / 125000 + 1))

echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(uname -m)"
"$build/mopai-gen" --persons "$persons" --settlements-per-person 9 --months 17 --parts "$parts" --nights 2 --all-sources --out "$work/made" >/dev/null
echo "load: $persons persons, $(cat "$work"/made/night-1/*.csv | wc -l) lines, $(($(cat "$work"/made/night-1/*.csv | wc -c) / 1000000)) MB, $(find "$work/made/night-1" -name '*.csv' | wc -l) files"
"$build/mopai" init "$site" >/dev/null
cp fixtures/site/rules.yaml fixtures/site/calendar.csv "$work/made/site/areas.csv" "$site/"

# arrives FOLDER: its files into the inbox, without a copy
arrives() { ln "$1"/*.csv "$site/inbox/"; }
# the insured register once more, a day later
again() {
    for f in "$work"/made/night-1/yb_insured_*.csv; do
        ln "$f" "$site/inbox/$(basename "$f" | sed 's/_20260301_/_20260302_/')"
    done
}
done_with_warnings() { case $1 in 0 | 1 | 1[012][0-9]) ;; *) cat "$work/out" "$work/log"; exit "$1" ;; esac; }

# night NAME CLOCK: one night measured, its stages, its rows
night() {
    status=0
    MOPAI_CLOCK=$2 "$build/tests/bench/measure" "$build/mopai" -v -C "$site" run >"$work/out" 2>"$work/log" || status=$?
    done_with_warnings "$status"
    echo
    sed -n "s/.*wall=\([0-9.]*\) cpu=\([0-9.]*\) peak_mib=\([0-9]*\).*/$1: \1 s wall, \2 s of processor, \3 MiB at most/p" "$work/log"
    awk '/event=step / {
        match($0, /step=[a-z]+/); s = substr($0, RSTART + 5, RLENGTH - 5)
        match($0, /rows_in=[0-9]+/); rows = substr($0, RSTART + 8, RLENGTH - 8)
        match($0, / ms=[0-9]+/); ms = substr($0, RSTART + 4, RLENGTH - 4)
        printf "  %-8s %12d rows %8d ms\n", s, rows, ms
    }' "$work/log"
}

arrives "$work/made/night-1"
night "first night" 2026-03-02T02:00:00
MOPAI_CLOCK=2026-03-02T09:00:00 "$build/mopai" -C "$site" release >"$work/out" 2>"$work/log" || done_with_warnings $?
rm -f "$site"/inbox/*
arrives "$work/made/night-2"
again
night "usual night" 2026-03-03T02:00:00
find "$site/reports/latest/" -type f | sed 's/.*\.//' | sort | uniq -c | awk '{ all = all (NR > 1 ? ", " : "reports: ") $1 " " $2 } END { print all }'
