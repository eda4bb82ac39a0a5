#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# quality.html and the files of departments: what was wrong is there with file and line, masked, and nobody sees another department's.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$(pwd)
. "$top/tests/lib/site.sh"
new_site "$work/s"
deliver "$work/s" 1
f="$work/s/inbox/ga_120194_20260228_full.csv"
sed '5s/^/"/' "$f" >"$work/x" && cp "$work/x" "$f"
run_night "$work/s" 1
page="$work/s/reports/latest/quality.html"
fail() { echo "$1"; exit 1; }
grep -q "引号不成对" "$page" || fail "the page lacks the reason"
grep -q "ga_120194_20260228_full.csv 第 5 行" "$page" || fail "the page lacks file and line"
grep -q "2026-02-28" "$page" || fail "the page lacks the data date"
grep -qE "[0-9]{17}[0-9X]" "$page" && fail "an identifier on the page"
grep -q '引号不成对' "$work/s/reports/latest/departments/公安分局.csv" || fail "the department lacks its row"
for d in 医保局 民政局 残联 人社局; do
    grep -q 'ga_120194' "$work/s/reports/latest/departments/$d.csv" && fail "$d sees another department's file"
done
sed 's/<[^>]*>//g' "$page" | grep -q "在用的文件共" || fail "no sum"
