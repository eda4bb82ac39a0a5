#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What can be left out at build time is left out without harm: XLSX=0 PDF=0 runs a night, refuses a workbook in plain words and says what it lacks. Without a
# Chinese font the whole program writes workbooks only, and the night says so by name.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
plain="$(dirname "$MOPAI_BIN")/mopai-plain"
readelf -d "$plain" | grep -E 'NEEDED.*(pango|cairo|minizip|expat)' && { echo "the plain program needs a library it was built without"; exit 1; }
fail() { echo "$1"; exit 1; }
lists() { find "$site/reports/latest/streets/" -name "*.$1" | wc -l; }
# two_nights PROGRAM: a night that holds, a release, a night with lists
two_nights() {
    new_site "$site"
    cp "$top"/tests/fault/site/night1/* "$site/inbox/"
    MOPAI_CLOCK=2026-03-02T02:00:00 "$1" -C "$site" run >"$work/out" 2>&1 || true
    MOPAI_CLOCK=2026-03-02T09:00:00 "$1" -C "$site" release >"$work/out" 2>&1 || true
    cp "$top"/tests/fault/site/night2/* "$site/inbox/"
    printf 'PK\003\004nothing' >"$site/inbox/cl_120194_20260308_full.xlsx"
    code=0
    MOPAI_CLOCK=2026-03-09T02:00:00 "$1" -C "$site" run >"$work/out" 2>&1 || code=$?
    case $code in 1 | 1[012][0-9]) ;; *) fail "the night ends with $code: $(cat "$work/out")" ;; esac
    [ "$(lists xlsx)" -gt 0 ] || fail "no list at all"
    [ "$(lists pdf)" -eq 0 ] || fail "a PDF list"
}

site="$work/plain"
two_nights "$plain"
"$plain" -C "$site" check 2>&1 | grep -q '编译时没有带 PDF' || fail "check does not say that there is no PDF"
grep -q '请另存为 CSV 再送' "$work/out" || fail "the workbook was not refused in plain words: $(cat "$work/out")"
grep -q '没有中文字体' "$work/out" && fail "a program without PDF asks for fonts"

site="$work/whole"
mkdir "$work/nothing"
printf '<?xml version="1.0"?><fontconfig><dir>%s</dir><cachedir>%s</cachedir></fontconfig>' "$work/nothing" "$work/nothing" >"$work/fonts.conf"
FONTCONFIG_FILE="$work/fonts.conf"
export FONTCONFIG_FILE
two_nights "$MOPAI_BIN"
grep -q '没有中文字体' "$work/out" || fail "the night without fonts does not say so: $(cat "$work/out")"
"$MOPAI_BIN" -C "$site" check 2>&1 | grep -q '不会写 PDF 清单' || fail "check does not tell of the fonts"
