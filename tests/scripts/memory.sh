#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Memory is bounded by persons, not by rows: ten times the settlements on the same persons raise the peak by less than a tenth.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
measure=$(dirname "$MOPAI_BIN")/tests/bench/measure
case $(dirname "$MOPAI_BIN") in *asan*) echo "not measured under a sanitizer"; exit 0 ;; esac

for each in 4 40; do
    site="$work/$each"
    "$MOPAI_GEN" --persons 20000 --settlements-per-person $each --out "$work/made" >/dev/null
    new_site "$site"
    cp "$work/made/site/"* "$site/"
    mv "$work"/made/night-1/* "$site/inbox/"
    rm -rf "$work/made"
    MOPAI_CLOCK=2026-03-02T02:00:00 "$measure" "$MOPAI_BIN" -q -C "$site" run >"$work/$each.out" 2>"$work/$each.peak" || true
    grep -q published "$work/$each.out" || grep -q 已发布 "$work/$each.out" || { cat "$work/$each.out" "$work/$each.peak"; exit 1; }
    sed -n 's/.*peak_mib=//p' "$work/$each.peak" >"$work/$each.mib"
    rm -rf "$site"
done
few=$(cat "$work/4.mib") many=$(cat "$work/40.mib")
echo "peak with 4 settlements a person: $few MiB, with 40: $many MiB"
[ $((many * 10)) -lt $((few * 11)) ]
