#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A street list filled in and saved by whatever spreadsheet programs are here (LibreOffice, gnumeric), as each of the formats they offer: every one is taken back
# with the same outcomes, days, visitors and findings.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
HOME="$work" # LibreOffice keeps its profile there
export HOME
fail() { echo "$*"; exit 1; }
listed_nights "$work/a"
numbers=$(sqlite3 "$work/a/store/runs/2/night.db" "SELECT warning_no FROM hit WHERE street = '120194001' AND disposition = 'new' ORDER BY warning_no LIMIT 4")
mopai -C "$work/a" export warnings 2>/dev/null | grep -o 'W-[0-9]*-[0-9A-Z]' | sort -u >"$work/printed"
{
    echo '东风街道　走访清单,,,,,,'
    echo '序号,预警编号,走访日期,走访人,核查结果,核实人均月收入,备注'
    for n in $numbers; do
        case $((n % 3)) in 0) what=纳入低保 ;; 1) what=无法联系 ;; *) what=已有保障 ;; esac
        echo "1,$(grep "^W-0*$n-" "$work/printed"),2026-03-11,走访员甲,$what,1234.50,\"好, 很好\""
    done
} >"$work/filled.csv"
export MOPAI_CLOCK=2026-03-12T09:00:00
# taken FILE: what the ledger and the findings hold after it was imported into a site of its own
taken() {
    rm -rf "$work/b" && cp -a "$work/a" "$work/b"
    mopai -C "$work/b" visits import "$1" >"$work/import.out" 2>&1
    grep -q '未接受 0 行' "$work/import.out" || { cat "$work/import.out"; fail "$1 is not taken back"; }
    sqlite3 "$work/b/store/ledger.db" 'SELECT warning_no, visit_day, visitor, outcome, note FROM visit ORDER BY warning_no'
    cut -d, -f1-3,8 "$work"/b/store/found/*.csv
}
taken "$work/filled.csv" >"$work/want"
[ "$(grep -c 走访员甲 "$work/want")" -eq 8 ] || { cat "$work/want"; fail "not four visits and four findings"; }
same() {
    taken "$1" >"$work/got"
    cmp -s "$work/want" "$work/got" || { diff "$work/want" "$work/got"; fail "$1 is read otherwise"; }
    read=$((read + 1))
}
read=0
mkdir "$work/lo" "$work/gn"
if command -v soffice >/dev/null 2>&1; then
    soffice --headless --convert-to xlsx --infilter='CSV:44,34,76,1' --outdir "$work/lo" "$work/filled.csv" >"$work/soffice.out" 2>&1
    same "$work/lo/filled.xlsx"
    soffice --headless --convert-to 'csv:Text - txt - csv (StarCalc):59,34,76,1' --outdir "$work/lo" "$work/lo/filled.xlsx" >"$work/soffice.out" 2>&1
    same "$work/lo/filled.csv"
fi
if command -v ssconvert >/dev/null 2>&1; then
    ssconvert "$work/filled.csv" "$work/gn/filled.xlsx" >"$work/gn.out" 2>&1
    same "$work/gn/filled.xlsx"
    ssconvert "$work/gn/filled.xlsx" "$work/gn/filled.csv" >"$work/gn.out" 2>&1
    same "$work/gn/filled.csv"
    ssconvert -O 'separator=; charset=GB18030 eol=windows' "$work/gn/filled.xlsx" "$work/gn/filled.txt" >"$work/gn.out" 2>&1
    same "$work/gn/filled.txt"
    # our own list, opened and saved again by it: every row is there, none is filled in
    list=$(ls "$work"/a/reports/latest/streets/*.xlsx | head -1)
    ssconvert "$list" "$work/gn/list.xlsx" >"$work/gn.out" 2>&1
    rows=$(unzip -p "$list" xl/sharedStrings.xml 'xl/worksheets/*.xml' 2>/dev/null | grep -o 'W-[0-9]*-[0-9A-Z]' | sort -u | wc -l)
    mopai -C "$work/a" visits import "$work/gn/list.xlsx" >"$work/import.out" 2>&1
    grep -q "接受 0 行，未走访 $rows 行，重复 0 行，未接受 0 行" "$work/import.out" || { cat "$work/import.out"; fail "our own list saved by gnumeric has not $rows rows"; }
fi
[ "$read" -ge 2 ] || fail "no spreadsheet program is here"
