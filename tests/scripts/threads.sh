#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# However many threads share the work, everything a night leaves behind is the same to the byte: a district of bad data whose files have several stretches of
# rows, so that rows, names and entries of one block do go to several threads.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$MOPAI_GEN" --persons 3000 --settlements-per-person 4 --dirt bad --all-sources --planted --out "$work/sent" >/dev/null
export MOPAI_KEY="$work/key"
printf '%064d\n' 7 >"$work/key"
for threads in 1 2 3 7; do
    site="$work/$threads"
    mkdir -p "$site"
    cp fixtures/site/rules.yaml fixtures/site/calendar.csv "$work/sent/site/areas.csv" "$site/"
    "$MOPAI_BIN" init "$site" >/dev/null
    cp "$work/sent/night-1"/* "$site/inbox/"
    MOPAI_THREADS=$threads MOPAI_CLOCK=2026-03-02T02:00:00 "$MOPAI_BIN" -v -C "$site" run >"$work/out" 2>&1 || [ $? -lt 128 ] || { cat "$work/out"; exit 1; }
    (cd "$site/store" && find runs segments -type f ! -name '*.log' -print0 | sort -z | xargs -0 sha256sum) >"$work/$threads.sums"
    [ -s "$work/$threads.sums" ] || { echo "nothing was written"; exit 1; }
    cmp "$work/1.sums" "$work/$threads.sums" || { diff "$work/1.sums" "$work/$threads.sums"; echo "$threads threads left other bytes than one"; exit 1; }
done
made=$(sed -n 's/.* made=\([0-9]*\) .*/\1/p' "$work/out")
[ "${made:-0}" -gt 50 ] || { echo "only ${made:-no} rows were placed by more than their number: the test proves little"; exit 1; }
