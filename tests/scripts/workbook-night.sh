#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same exports as workbooks instead of CSV give the same persons and the same warnings, and evidence points to the row of the workbook.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
new_site "$work/a"
new_site "$work/b"
deliver "$work/a" 1
deliver "$work/b" 1
mkdir "$work/text"
for f in "$work"/b/inbox/cl_* "$work"/b/inbox/mz_member_*; do
    iconv -f GB18030 -t UTF-8 "$f" >"$work/text/$(basename "$f")"
    rm "$f"
done
columns=1/2$(seq -f '/%g/2' 2 40 | tr -d '\n') # all of them text: numbers stay whole
HOME=$work soffice --headless --convert-to xlsx --infilter="CSV:44,34,76,1,$columns" --outdir "$work/b/inbox" "$work"/text/*.csv >"$work/soffice.out" 2>&1
[ "$(ls "$work"/b/inbox/*.xlsx | wc -l)" -eq 4 ] || { cat "$work/soffice.out"; exit 1; }
run_night "$work/a" 1
run_night "$work/b" 1
for what in persons warnings; do
    mopai -C "$work/a" export "$what" >"$work/a.$what" 2>/dev/null
    mopai -C "$work/b" export "$what" >"$work/b.$what" 2>/dev/null
    [ "$(wc -l <"$work/a.$what")" -gt 10 ]
    cmp "$work/a.$what" "$work/b.$what"
done
warning=$(grep -o 'W-[0-9]*-[0-9A-Z],R04' "$work/b.warnings" | head -1 | cut -d, -f1)
mopai -C "$work/b" explain "$warning" >"$work/said" 2>&1
grep -Eq 'cl_120194_[0-9]*_full.xlsx 第[0-9]+行「残疾等级」=一级' "$work/said" || { cat "$work/said"; exit 1; }
delivery=$(mopai -C "$work/b" deliveries list 2>/dev/null | grep 残疾证 | head -1 | grep -oE '[0-9]+' | head -1)
mopai -C "$work/b" deliveries show "$delivery" >"$work/said" 2>&1
grep -q '工作簿，表头在第' "$work/said" && ! grep -q '逗号' "$work/said" || { cat "$work/said"; exit 1; }
