#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A referral list comes back from the office that read it: saved by LibreOffice as GB18030 CSV, one answer of each kind, one misspelt, one number miscopied, one
# blank. Accepted but for those two; the corrected file of refused rows is accepted as a workbook; the same rows again change nothing. The next night leaves out
# what is finished, tells the answers, and says what takes too long.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
HOME="$work" # LibreOffice keeps its profile there
export HOME
site="$work/a"
ledger="$site/store/ledger.db"
fail() { echo "$*"; exit 1; }
count() { sqlite3 "$ledger" "$1"; }
listed_nights "$site"
[ "$(count 'SELECT count(*) FROM referral')" -gt 6 ] || fail "only $(count 'SELECT count(*) FROM referral') referrals"
[ "$(count 'SELECT count(*) FROM referral_warning')" -ge "$(count 'SELECT count(*) FROM referral')" ] || fail "referrals without warnings"
kind=$(count 'SELECT kind FROM referral GROUP BY kind ORDER BY count(*) DESC, kind LIMIT 1')
soffice --headless --convert-to 'csv:Text - txt - csv (StarCalc):44,34,85,1' --outdir "$work" "$site/reports/latest/referrals/$kind.xlsx" >"$work/soffice.out" 2>&1 || { cat "$work/soffice.out"; exit 1; }
iconv -f GB18030 -t UTF-8 "$work/$kind.csv" >"$work/list.csv"

# the pen: the five columns to fill, by what the header says; numbers from the list
grep -o 'Z-[0-9]*-[0-9A-Z]' "$work/list.csv" >"$work/numbers"
[ "$(wc -l <"$work/numbers")" -ge 6 ] || fail "only $(wc -l <"$work/numbers") households on $kind"
z() { sed -n "$1p" "$work/numbers"; }
for column in 转介编号 预警编号 受理结果 受理日期 受理人 办理项目 说明; do
    grep -q "$column" "$work/list.csv" || fail "$kind.xlsx has no column $column"
done
grep -q 现享受政策 "$work/list.csv" && fail "benefits are shown, and rules.yaml says 不写"
wrong=$(z 5 | tr 0123456789 1234567890)
{
    echo '转介单,,,,,'
    echo '办理项目,转介编号,受理结果,受理日期,受理人,说明'
    echo "医疗救助,$(z 1),已办结,2026/3/12,王工,"
    echo ",$(z 2),不符合,20260312,王工,收入超过标准"
    echo ",$(z 3),接收,2026-03-11,,"
    echo ",$(z 4),不符和条件,2026-03-12,,"
    echo ",$wrong,已接收,2026-03-12,,"
    echo ",$(z 6),,,,"
    echo '合计：六户,,,,,'
} | iconv -f UTF-8 -t GB18030 >"$work/back.csv"
export MOPAI_CLOCK=2026-03-14T09:00:00
mopai -C "$site" referrals import "$work/back.csv" >"$work/import.out" 2>&1
grep -q '接受 3 行，还没答复 1 行，重复 0 行，未接受 2 行' "$work/import.out" || { cat "$work/import.out"; exit 1; }
grep -q '是否想写“不符合条件”' "$work/back.csv.refused.csv" && grep -q '抄错了一位' "$work/back.csv.refused.csv" || { cat "$work/back.csv.refused.csv"; exit 1; }
# corrected where it was wrong, and sent back as a workbook
sed "s/不符和条件/不符合条件/; s/$wrong/$(z 5)/" "$work/back.csv.refused.csv" >"$work/corrected.csv"
soffice --headless --convert-to xlsx --infilter='CSV:44,34,76,1' --outdir "$work" "$work/corrected.csv" >"$work/soffice.out" 2>&1
mopai -C "$site" referrals import "$work/corrected.xlsx" >"$work/import.out" 2>&1
grep -q '接受 2 行.*未接受 0 行' "$work/import.out" || { cat "$work/import.out"; exit 1; }
before=$(sqlite3 "$ledger" .dump | sha256sum)
mopai -C "$site" referrals import "$work/back.csv" >"$work/import.out" 2>&1
grep -q '已经导入过' "$work/import.out" || { cat "$work/import.out"; exit 1; }
iconv -f GB18030 -t UTF-8 "$work/back.csv" | grep -v "$wrong\|不符和" | tr , '\t' >"$work/again.txt" # another program, every row known
mopai -C "$site" referrals import "$work/again.txt" >"$work/import.out" 2>&1
grep -q '接受 0 行，还没答复 1 行，重复 3 行' "$work/import.out" || { cat "$work/import.out"; exit 1; }
[ "$before" = "$(sqlite3 "$ledger" .dump | sha256sum)" ] || fail "the same rows again changed something"
# what is refused, and why
refused() { # CELLS WORDS
    printf '转介编号,受理结果,受理日期,办理项目\n%s\n' "$1" >"$work/one.csv"
    mopai -C "$site" referrals import "$work/one.csv" 2>&1 | grep -q "$2" || fail "$1 is not refused with '$2'"
}
refused "$(z 1),已办结,2026-03-12," '已办结要写办理项目'
refused "$(z 1),已接收,,," '没有受理日期'
refused "$(z 1),已接收,2026-09-01," '在将来'
refused "$(z 1),已接收,2025-03-12," '早于交办'
refused ",已接收,2026-03-12," '没有转介编号'
refused "$(z 6),,2026-03-12," '没有受理结果'
refused "Z-999999-M,已接收,2026-03-12," '转介编号不对\|没有这个转介'
refused "W$(z 1 | cut -c2-),已接收,2026-03-12," '转介编号不对'
unset MOPAI_CLOCK

deliver "$site" 3
run_night "$site" 3
soffice --headless --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76,1' --outdir "$work" "$site/reports/latest/referrals/$kind.xlsx" >"$work/soffice.out" 2>&1
for gone in 1 2 4; do
    grep -q "$(z $gone)" "$work/$kind.csv" && fail "$(z $gone) is finished and handed on again"
done
[ -z "$(count "SELECT 1 FROM referral r WHERE r.night = 3 AND EXISTS (SELECT 1 FROM referral_warning w JOIN referral_warning o USING (warning_no)
    JOIN referral p ON p.referral_no = o.referral_no WHERE w.referral_no = r.referral_no AND p.kind = r.kind AND p.referral_no < r.referral_no)")" ] || fail "a warning was handed on twice"
stands=$(sqlite3 "$site/store/runs/3/night.db" "SELECT count(*) FROM hit WHERE disposition IN ('new', 'standing') AND warning_no IN
    (SELECT warning_no FROM (SELECT value AS warning_no FROM json_each('$(count "SELECT json_group_array(warning_no) FROM referral_warning WHERE referral_no = CAST(substr('$(z 3)', 3, 6) AS INTEGER)")')))")
[ "$stands" = 0 ] || grep -A2 "$(z 3)" "$work/$kind.csv" | grep -q '已接收 2026-03-11' || fail "the list does not tell what was said of $(z 3)"
warning=$(count "SELECT warning_no FROM referral_warning WHERE referral_no = CAST(substr('$(z 1)', 3, 6) AS INTEGER) LIMIT 1")
home=$(mopai -C "$site" export warnings 2>/dev/null | grep "W-0*$warning-." | head -1 | grep -oE '[HP]-[0-9A-Z]{6,}' | head -1)
mopai -C "$site" explain household "$home" >"$work/said"
grep -q "转介 $(z 1) $kind 2026-03-09；已办结 2026-03-12 医疗救助 王工" "$work/said" || { cat "$work/said"; fail "explain does not tell what the office did"; }
mopai -C "$site" explain household "$home" --sheet "$work/case.html" >/dev/null
grep -q "已办结 2026-03-12 医疗救助" "$work/case.html" || fail "the case sheet does not tell what the office did"
mopai -C "$site" referrals list --kind "$kind" >"$work/said"
grep -q "$(z 2).*不符合条件 2026-03-12" "$work/said" || { cat "$work/said"; exit 1; }
grep -q "转介,$kind,已办结,1," "$site/reports/latest/quality.csv" || fail "quality.csv does not count what was done"
grep -q '转介出去的，办得怎么样' "$site/reports/latest/quality.html" || fail "quality.html does not count what was done"
MOPAI_CLOCK=2026-03-17T09:00:00 mopai -C "$site" referrals list --late | grep -q '^没有' || fail "late already"
MOPAI_CLOCK=2026-04-20T09:00:00 mopai -C "$site" referrals list --late | grep "$(z 3)" | grep -q '逾期' || fail "received and not finished for 40 days, and not late"
# a late correction is the last word
printf '转介编号,受理结果,受理日期,办理项目\n%s,已办结,2026-03-16,临时救助\n' "$(z 2)" >"$work/late.csv"
MOPAI_CLOCK=2026-03-17T09:00:00 mopai -C "$site" referrals import "$work/late.csv" >/dev/null
mopai -C "$site" referrals list | grep "$(z 2)" | grep -q '已办结 2026-03-16 临时救助' || fail "a correction is not the last word"
# and stands when the list of before it comes again, saved by another program and with a row more
MOPAI_CLOCK=2026-03-18T09:00:00 mopai -C "$site" referrals import "$work/again.txt" >/dev/null
{ cat "$work/again.txt"; printf '\t%s\t\t\t\t\n' "$(z 4)"; } >"$work/more.txt"
MOPAI_CLOCK=2026-03-18T09:00:00 mopai -C "$site" referrals import "$work/more.txt" >"$work/import.out" 2>&1
grep -q '接受 0 行' "$work/import.out" || { cat "$work/import.out"; fail "an old list overturns a newer answer"; }
mopai -C "$site" referrals list | grep "$(z 2)" | grep -q '已办结 2026-03-16 临时救助' || fail "an old list overturns a newer answer"
# an answer is news for a night; without one there is none
run_night "$site" 4
[ "$(count 'SELECT max(night) FROM night')" = 4 ] || fail "an answer brought no night"
run_night "$site" 4
[ "$(count 'SELECT max(night) FROM night')" = 4 ] || fail "a night without anything new was published"
# the third night again reads the answers it read then
MOPAI_CLOCK=2026-03-24T09:00:00 mopai -C "$site" run --as-of 2026-03-16 >"$work/run.out" 2>&1 || { cat "$work/run.out"; exit 1; }
diff -r "$site/store/replay/3/report/referrals" "$site/reports/2026-03-16-3/referrals" || fail "the third night again hands on others"
cmp "$site/store/replay/3/report/quality.csv" "$site/reports/2026-03-16-3/quality.csv" || fail "the third night again counts otherwise"
