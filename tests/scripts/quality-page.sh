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
g="$work/s/inbox/yb_insured_120194_20260301_full.csv" # ten sexes and three names that the register does not know
sed -e '12,21{s/,男,/,甲,/;s/,女,/,男,/;s/,甲,/,女,/;}' -e '22,24s/^\([^,]*,[^,]*,[^,]*\),/\1囍,/' "$g" >"$work/x" && cp "$work/x" "$g"
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

csv="$work/s/reports/latest/quality.csv"
grep -q '^参保人员,.*与别的来源对照,性别,不一致,10,' "$csv" || fail "ten sexes that differ are not counted"
grep '^参保人员,.*与别的来源对照,姓名,,' "$csv" | grep -q '一致 超过 9[0-9.]*%，不一致 不足 5 人' || fail "three names are told exactly, or not at all"
grep -q '^救助成员,.*与别的来源对照,住址,同一户,' "$csv" || fail "addresses are not compared"
grep -q '不一致 2\.[0-9]%' "$page" || fail "the page lacks the share of sexes that differ"

# examples and the change against the delivery before, per figure
grep -q ',退回原因,,引号不成对,1,例（已遮盖）：第 5 行 ' "$csv" || fail "quality.csv lacks the masked example"
grep ',ga_120194_20260228_full.csv,' "$csv" | grep -q ',比上一次,' && fail "a first delivery is compared"
h="$work/s/inbox/ga_120194_20260331_full.csv"
sed -e '7,9d' -e '5s/^"//' "$f" >"$h"
MOPAI_CLOCK=2026-04-01T02:00:00 mopai -C "$work/s" run >/dev/null 2>&1 || [ $? -ge 100 ] || [ $? = 1 ]
grep -q ',比上一次,,记录,3,减少：' "$csv" || { grep '比上一次' "$csv"; fail "the change in records is not told"; }
grep -q ',比上一次,,退回,1,减少：这一次 0，上一次 1' "$csv" || { grep '比上一次' "$csv"; fail "the change in rejects is not told"; }
grep -qE '[0-9]{17}[0-9X]' "$csv" && fail "an identifier in quality.csv"
grep -q '<span class="sub">-2</span>' "$page" || fail "the page lacks the change"
sed -n '/^退回,/p' "$work/s/reports/latest/departments/公安分局.csv" | grep -q . && fail "the department gets rows of a file that is replaced"
exit 0
