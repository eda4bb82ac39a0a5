#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Rows that may be somebody's are exported, answered, one answer misspelt, the refused row corrected; the next night joins and keeps apart as people said,
# twice with the same bytes; the same file again changes nothing; when the record says something else the answer expires.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"

fail() {
    echo "$@"
    exit 1
}
made() { # made SITE NIGHT: line, asked, how of the rows in question
    sqlite3 "$1/store/runs/$2/night.db" "SELECT m.line, m.asked, m.how FROM link_made AS m JOIN input_file AS f ON f.input = m.input
        WHERE f.name LIKE 'yb_settle%' AND m.line IN (2, 3, 6, 7) ORDER BY 1"
}
reviews() { sqlite3 "$1/store/ledger.db" "SELECT count(*) FROM link_review"; }

rest="居民,门诊,望秋区人民医院,,,I10,高血压,70.00,0.00,0.00,0.00,0.00,28.00,0.00,28.00,2026-01-08 10:30:00"
new_site "$work/a"
cp fixtures/cases/wrong-id/*.csv "$work/a/inbox/"
printf 'S5,,王德明,,%s\r\nS6,,李桂英,,%s\r\n' "$rest" "$rest" >>"$work/a/inbox/yb_settle_120194_20260228_inc.csv"
run_night "$work/a" 1
[ "$(made "$work/a" 1)" = "6|1|2
7|1|2" ] || fail "expected two questions: $(made "$work/a" 1)"

mopai -C "$work/a" status >"$work/out"
grep -q '待人核对 2 处，其中预计漏归 1（0 至 2）' "$work/out" || fail "$(cat "$work/out")"

MOPAI_CLOCK=2026-03-03T09:00:00
export MOPAI_CLOCK
mopai -C "$work/a" review export -o "$work/q.csv"
grep -q 12019419610305001X "$work/q.csv" && fail "an identifier in full without --reveal"
awk -F, -v OFS=, '{ sub(/\r$/, "") } NR > 1 { $30 = ($7 == 6 ? "同一人" : "不是同一个"); $31 = "核查员甲"; $32 = "2026-03-03" } { print }' \
    "$work/q.csv" >"$work/filled.csv"
mopai -C "$work/a" explain household "$(mopai -C "$work/a" export persons 2>/dev/null | sed -n 2p | cut -d, -f1)" >"$work/out"
grep -q '各依据对照' "$work/out" && grep -q '：本户 [0-9]* 人' "$work/out" || fail "the bases are not set beside each other: $(cat "$work/out")"

# a pair that is not together: the weights, how much is missing, what would be enough; as a picture too, without anybody's data
who=$(sqlite3 "$work/a/store/runs/1/night.db" 'SELECT person_row FROM link_made WHERE line = 6')
person=$(mopai -C "$work/a" export persons 2>/dev/null | sed -n "$((who + 2))p" | cut -d, -f1)
mopai -C "$work/a" explain pair yb_settle_120194_20260228_inc.csv:6 "$person" --svg "$work/pair.svg" >"$work/out"
grep -q '姓名  王德明  |  王德明  → 相同' "$work/out" && grep -q '没有归到一起，因为' "$work/out" && grep -q '还差 ' "$work/out" &&
    grep -q '出生日期若相同：.*够了' "$work/out" || fail "explain pair does not say what is missing: $(cat "$work/out")"
mopai -C "$work/a" explain pair "$person" yb_settle_120194_20260228_inc.csv:6 | sed 1,2d >"$work/out2"
sed 1,2d "$work/out" | cmp - "$work/out2" || fail "the pair the other way round is another"
grep -q '<svg' "$work/pair.svg" && grep -q '归到一起的线' "$work/pair.svg" || fail "no picture"
grep -q 王德明 "$work/pair.svg" && fail "the picture names somebody"
others=$(mopai -C "$work/a" export persons 2>/dev/null | sed 1d | cut -d, -f1 | grep -v "$person" | head -1)
mopai -C "$work/a" explain pair "$person" "$others" >"$work/out"
grep -q '姓名毫无相同之处' "$work/out" || fail "two names are no reason: $(cat "$work/out")"

# on the terminal, and as a workbook: both sides and a word a field; opened and saved by LibreOffice it is read as not answered yet
mopai -C "$work/a" review list >"$work/out"
grep -q '姓名  王德明  |  王德明  → 相同' "$work/out" && grep -q '等人核对 2 处' "$work/out" || fail "$(cat "$work/out")"
mopai -C "$work/a" review export -o "$work/q.xlsx"
HOME="$work" soffice --headless --convert-to 'xlsx:Calc MS Excel 2007 XML' --outdir "$work/saved" "$work/q.xlsx" >"$work/soffice.out" 2>&1
mopai -C "$work/a" review import "$work/saved/q.xlsx" >"$work/out" 2>&1
grep -q '接受 0 行，未填 2 行，重复 0 行，未接受 0 行' "$work/out" || fail "the saved workbook: $(cat "$work/out")"
# the filled list as a workbook
HOME="$work" soffice --headless --convert-to xlsx --infilter='CSV:44,34,76,1' --outdir "$work" "$work/filled.csv" >"$work/soffice.out" 2>&1
mopai -C "$work/a" review import "$work/filled.xlsx" >"$work/out" 2>&1
mv "$work/filled.xlsx.refused.csv" "$work/filled.csv.refused.csv"
grep -q '接受 1 行，未填 0 行，重复 0 行，未接受 1 行' "$work/out" || fail "$(cat "$work/out")"
mopai -C "$work/a" review import "$work/filled.csv" >"$work/out" 2>&1
grep -q '接受 0 行，未填 0 行，重复 1 行，未接受 1 行' "$work/out" || fail "the same as CSV: $(cat "$work/out")"
sed 's/不是同一个/不是同一人/' "$work/filled.csv.refused.csv" >"$work/again.csv"
mopai -C "$work/a" review import "$work/again.csv" >"$work/out" 2>&1
grep -q '接受 1 行，未填 0 行，重复 0 行，未接受 0 行' "$work/out" || fail "$(cat "$work/out")"
mopai -C "$work/a" review import "$work/again.csv" >"$work/out" 2>&1
grep -q '接受 0 行，未填 0 行，重复 1 行' "$work/out" || fail "$(cat "$work/out")"
[ "$(reviews "$work/a")" = 2 ] || fail "the same file twice changed the ledger"
[ "$(sqlite3 "$work/a/store/ledger.db" "SELECT count(*) FROM audit WHERE detail LIKE 'review import%'")" = 2 ] || fail "imports are not in the audit"
unset MOPAI_CLOCK

cp -R "$work/a" "$work/b"
run_night "$work/a" 2
run_night "$work/b" 2
[ "$(made "$work/a" 2)" = "6|0|3
7|2|3" ] || fail "the night does not obey: $(made "$work/a" 2)"
mopai -C "$work/a" explain record yb_settle_120194_20260228_inc.csv 7 >"$work/out"
grep -q 人工核对不是此人 "$work/out" && grep -q '核查员甲 2026-03-03' "$work/out" || fail "explain does not say who kept the row apart: $(cat "$work/out")"
mopai -C "$work/a" explain record yb_settle_120194_20260228_inc.csv 6 | grep -q 人工核对为同一人 || fail "explain does not say that people decided"
[ "$(tree_hash "$work/a/reports/latest/")" = "$(tree_hash "$work/b/reports/latest/")" ] || fail "not the same bytes"
cmp "$work/a/store/runs/2/persons.seg" "$work/b/store/runs/2/persons.seg"
run_night "$work/a" 2
[ "$(sqlite3 "$work/a/store/ledger.db" 'SELECT max(night) FROM night')" = 2 ] || fail "a night without anything new was published"

# the records come again with numbers that one slip separates from the two: both answers expire, the numbers decide
{
    head -1 fixtures/cases/wrong-id/yb_settle_120194_20260228_inc.csv
    printf 'S5,,王德明,12019419611305001X,%s\r\nS6,,李桂英,120194196307120025,%s\r\n' "$rest" "$rest"
} >"$work/a/inbox/yb_settle_120194_20260314_inc.csv"
run_night "$work/a" 3
[ "$(made "$work/a" 3)" = "2|0|1
3|0|1" ] || fail "the answers did not expire: $(made "$work/a" 3)"
mopai -C "$work/a" review list >"$work/out"
[ "$(grep -c '^已失效：' "$work/out")" = 2 ] || fail "review list does not name what expired: $(cat "$work/out")"
grep -q '^已失效：Q-[0-9A-Z]*  不是同一人  核查员甲 2026-03-03' "$work/out" || fail "who said what: $(cat "$work/out")"
[ "$(mopai -C "$work/b" review list | grep -c '^已失效')" = 0 ] || fail "an answer that is obeyed is called expired"
