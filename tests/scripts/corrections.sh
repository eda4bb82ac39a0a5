#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A correction or a refund under an open warning becomes an event that says which record changed from what to what; a refund already counted when the
# warning was made is no correction of it.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
fail() {
    echo "$1"
    cat "$work/said"
    exit 1
}
new_site "$work/s"
deliver "$work/s" 1
first="$work/s/inbox/yb_settle_120194_20260228_inc.csv"
run_night "$work/s" 1
number() { mopai -C "$work/s" export warnings --reveal 2>/dev/null | grep ",R02,.*$1" | cut -d, -f1; }
falls=$(number '31,000.00元')  # 橙; 10,000 are paid back: 黄
goes=$(number '16,000.00元.*120194002,') # 黄; its one bill is corrected to a tenth
mopai -C "$work/s" explain "$falls" >"$work/said" 2>&1
bill_of() { # the greatest bill of a warning: line of the first file
    mopai -C "$work/s" explain "$1" 2>/dev/null | grep -o '20260228_inc.csv 第[0-9]*行「个人负担总额」' | head -1 | grep -oE '第[0-9]+' | tr -d '第'
}
a=$(bill_of "$falls")
b=$(bill_of "$goes")
next="$work/s/inbox/yb_settle_120194_20260308_inc.csv"
{
    sed -n 1p "$first"
    sed -n "${a}p" "$first" | awk -F, -v OFS=, '{$2 = $1; $1 = "T" $1; for (i = 12; i <= 18; i++) $i = "0.00"; $19 = "-10000.00"; print}'
    sed -n "${b}p" "$first" | awk -F, -v OFS=, '{$19 = "1600.00"; print}'
} >"$next"
run_night "$work/s" 2
mopai -C "$work/s" explain "$falls" >"$work/said" 2>&1
grep -q "级别由橙变为黄，数据更正：yb_settle_120194_20260228_inc.csv 第${a}行「个人负担总额」[0-9.]* 退费 -10000.00（yb_settle_120194_20260308_inc.csv 第2行）" "$work/said" ||
    fail "the refund is no event"
mopai -C "$work/s" explain "$goes" >"$work/said" 2>&1
grep -q "数据更正：yb_settle_120194_20260228_inc.csv 第${b}行「个人负担总额」16000.00 更正为 1600.00（yb_settle_120194_20260308_inc.csv 第3行）" "$work/said" ||
    fail "the corrected amount is no event"
grep -q '消除' "$work/said" || fail "the warning stands"
# a week on a further bill brings it back up: the refund is known by then and corrects nothing
sed -e 1b -e "${a}!d" "$first" | awk -F, -v OFS=, 'NR > 1 {$1 = "N" $1; $2 = ""; $19 = "20000.00"; $20 = "2026-03-12 10:30:00"} {print}' \
    >"$work/s/inbox/yb_settle_120194_20260313_inc.csv"
run_night "$work/s" 3
mopai -C "$work/s" explain "$falls" >"$work/said" 2>&1
grep -q '级别由黄变为橙）' "$work/said" || fail "an old refund is told as a correction again"
