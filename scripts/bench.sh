#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rows/s, MB/s and peak memory per stage on a generated load. usage: bench.sh BUILD ; PERSONS=1000000 SETTLEMENTS=3 by default.
# Each stage runs as its own process after the ones before it; its own milliseconds come from the log, memory is that of the process.
# Processor seconds are steadier than wall seconds on a shared machine.
set -eu
build=$1
persons=${PERSONS:-1000000}
settlements=${SETTLEMENTS:-3}
work=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/mopai-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
MOPAI_KEY="$work/key" MOPAI_CLOCK=2026-03-02T02:00:00
export MOPAI_KEY MOPAI_CLOCK

echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(uname -m)"
"$build/mopai-gen" --persons "$persons" --settlements-per-person "$settlements" --out "$work/made" | tail -1
site="$work/site"
"$build/mopai" init "$site" >/dev/null
cp fixtures/site/* "$site/"
cp "$work/made/site/"* "$site/"
mv "$work"/made/night-1/*.csv "$site/inbox/"
bytes=$(cat "$site"/inbox/*.csv | wc -c)

printf '%-8s %12s %9s %12s %8s %9s\n' stage rows ms rows/s MB/s peak_MiB
for stage in ingest link assess report; do
    "$build/tests/bench/measure" "$build/mopai" -v -C "$site" "$stage" >"$work/out" 2>"$work/log" || true
    awk -v stage="$stage" -v bytes="$bytes" '
        $0 ~ "event=step step=" stage " " { match($0, /rows_in=[0-9]+/); rows = substr($0, RSTART + 8, RLENGTH - 8); match($0, / ms=[0-9]+/); ms = substr($0, RSTART + 4, RLENGTH - 4) }
        /peak_mib=/ { match($0, /peak_mib=[0-9]+/); peak = substr($0, RSTART + 9, RLENGTH - 9) }
        END {
            if (ms == "") { print "stage " stage " failed"; exit 1 }
            if (ms < 1) ms = 1
            printf "%-8s %12d %9d %12d %8s %9d\n", stage, rows, ms, rows / ms * 1000, (stage == "ingest" ? sprintf("%.0f", bytes / ms / 1000) : "-"), peak
        }' "$work/log" || { cat "$work/log"; exit 1; }
done
for b in "$build"/tests/bench/bench_*; do
    case $b in *.o | *.d) continue ;; esac
    echo
    echo "$(basename "$b"):"
    "$b"
done
