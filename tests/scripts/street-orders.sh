#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a street asks instead of an outcome, and what it found out: the next night obeys. One warning put off, one household returned to the other street, one
# given a later due day, one visited without verifying, one outcome taken back, one address from the door; a wrong row is refused with its reason.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site="$work/a"
ledger="$site/store/ledger.db"
listed_nights "$site"
fail() { echo "$*"; exit 1; }
state() { sqlite3 "$ledger" "SELECT state FROM warning_event WHERE warning_no = $1 AND state IS NOT NULL ORDER BY seq DESC LIMIT 1"; }
listed() { sqlite3 "$site/store/runs/3/night.db" "SELECT disposition || ' ' || street || ' ' || coalesce(due, '') FROM hit WHERE warning_no = $1"; }

# seven warnings on the list of the first street, as printed
sqlite3 "$site/store/runs/2/night.db" "SELECT warning_no FROM hit WHERE street = '120194001' AND disposition IN ('new', 'standing')
    GROUP BY household ORDER BY min(hit_id)" >"$work/numbers"
printed() { mopai -C "$site" export warnings 2>/dev/null | grep -o "W-0*$1-." | head -1; }
set -- $(head -7 "$work/numbers")
[ $# -eq 7 ] || fail "the demo lists only $# households in the first street"
for n in "$@"; do printed "$n" >>"$work/printed"; done
w() { sed -n "$1p" "$work/printed"; }
address=望秋区青禾街道枫桥社区松涛里8号楼1门101号
{
    echo '预警编号,走访日期,走访人,核查结果,备注,暂缓延期至,退回去向,新住址'
    echo "$(w 1),,,暂缓,住院,2026-04-10,,"
    echo "$(w 2),,,退回,已搬走,,柳岸街道,"
    echo "$(w 3),,,延期,户主外出,2026-05-20,,"
    echo "$(w 4),2026-03-10,走访员甲,无法联系,,,,"
    echo "$(w 5),2026-03-10,走访员甲,已有保障,,,,"
    echo "$(w 6),2026-03-10,走访员甲,转介,,,,$address"
    echo "$(w 7),,,退回,已搬走,,月亮街道,"
} >"$work/back.csv"
export MOPAI_CLOCK=2026-03-12T09:00:00
mopai -C "$site" visits import "$work/back.csv" >"$work/import.out" 2>&1
grep -q '接受 6 行.*未接受 1 行' "$work/import.out" || { cat "$work/import.out"; exit 1; }
grep -q '没有“月亮街道”' "$work/back.csv.refused.csv" || fail "the refused row does not say why"
[ "$(ls "$site"/store/found/*.csv | wc -l)" -eq 1 ] || fail "no file of findings"
before=$(tree_hash "$site/store/found"; sqlite3 "$ledger" .dump | sha256sum)
mopai -C "$site" visits import "$work/back.csv" >/dev/null 2>&1
sed '2d' "$work/back.csv" >"$work/again.csv" # another file, every row known or refused
mopai -C "$site" visits import "$work/again.csv" >/dev/null 2>&1
[ "$before" = "$(tree_hash "$site/store/found"; sqlite3 "$ledger" .dump | sha256sum)" ] || fail "the same rows again changed something"
[ "$(state "$1") $(state "$2") $(state "$4") $(state "$5")" = 'snoozed returned visited closed' ] || fail "states: $(state "$1") $(state "$2") $(state "$4") $(state "$5")"
mopai -C "$site" visits reopen "$(w 5)" --reason 填错了户 >/dev/null
mopai -C "$site" visits snooze "$(w 5)" --until 2026-03-01 --reason x >/dev/null 2>&1 && fail "put off to the past"
mopai -C "$site" visits extend "$(w 1)" --until 2026-04-01 --reason x >/dev/null 2>&1 && fail "a warning that is on no list was given longer"
unset MOPAI_CLOCK

deliver "$site" 3
run_night "$site" 3
case $(listed "$1") in suppressed*) ;; *) fail "put off, yet $(listed "$1")" ;; esac
case $(listed "$2") in 'new 120194002 '*) ;; *) fail "returned, yet $(listed "$2")" ;; esac
case $(listed "$3") in 'standing 120194001 20593') ;; *) fail "given until 2026-05-20, yet $(listed "$3")" ;; esac
case $(listed "$4") in suppressed*) ;; *) fail "visited without verifying, yet $(listed "$4")" ;; esac
case $(listed "$5") in 'new 120194001 '*) ;; *) fail "outcome taken back, yet $(listed "$5")" ;; esac
unzip -p "$site/reports/latest/streets/120194002"*.xlsx xl/sharedStrings.xml xl/worksheets/sheet1.xml 2>/dev/null | grep -q "$(w 2)" || fail "the returned household is not on the other street's list"
unzip -p "$site/reports/latest/streets/120194001"*.xlsx xl/sharedStrings.xml xl/worksheets/sheet1.xml 2>/dev/null | grep -q "$(w 2)" && fail "the returned household is still on its old list"
mopai -C "$site" explain "$(w 2)" | grep -q '退回（去向柳岸街道，已搬走）' || { mopai -C "$site" explain "$(w 2)" | head; fail "the history does not tell of the return"; }
id=$(sed -n '2s/^[^,]*,[^,]*,[^,]*,[^,]*,"\{0,1\}\([0-9X]*\).*/\1/p' "$site"/store/found/*.csv)
mopai -C "$site" explain household "$id" | grep -q "地址：$address" || fail "the address found at the door is not obeyed"
mopai -C "$site" explain person "$id" | grep -q '走访 走访_20260312' || fail "explain does not name the finding"
# a department reads what came of its records, by file and line, and not which help anybody got
grep -hq '^核查,.*,入户核实：属实,' "$site"/reports/latest/departments/*.csv || fail "no department reads what came of its people"
! grep -hE '^核查,.*(已有保障|转介|无法联系)' "$site"/reports/latest/departments/*.csv || fail "a department reads more than whether it was true"
sqlite3 "$ledger" "SELECT DISTINCT json_extract(x.value, '\$.file') || ',' || json_extract(x.value, '\$.line') || ',' FROM warning_event e, json_each(e.body, '\$.evidence') x
    WHERE e.warning_no = $5 AND e.body <> '{}' AND json_extract(x.value, '\$.line') IS NOT NULL" >"$work/taken-back"
[ -s "$work/taken-back" ] || fail "the warning whose outcome was taken back names no record"
! grep -h '^核查,' "$site"/reports/latest/departments/*.csv | grep -F -f "$work/taken-back" || fail "a department reads an outcome that was taken back"

# a visit that ended in a referral: on no street's list any more, on the list of the office that can help, with its outcome; one put off is on neither
mkdir "$work/referrals"
for f in "$site"/reports/latest/referrals/*.xlsx; do
    unzip -p "$f" 'xl/worksheets/*.xml' 'xl/sharedStrings.xml' 2>/dev/null | sed 's/<\/row>/\
/g; s/<[^>]*>/ /g' >"$work/referrals/$(basename "$f").txt"
    grep -q "$(basename "$f")" "$site/reports/latest/index.html" || fail "index.html does not name $(basename "$f")"
done
grep -h "$(w 6)" "$work"/referrals/*.txt | grep -q '转介 2026-03-10' || fail "the visit that asks a referral is on no referral list, or without its outcome"
grep -hq "$(w 1)" "$work"/referrals/*.txt && fail "a warning that was put off is handed on"
sqlite3 "$site/store/runs/3/night.db" "SELECT 1 FROM hit WHERE warning_no = $6 AND disposition IN ('new', 'standing')" | grep . && fail "a visited warning is listed"
MOPAI_CLOCK=2026-03-17T09:00:00 mopai -C "$site" visits reopen "$(w 6)" --reason 填错了户 >/dev/null
MOPAI_CLOCK=2026-03-23T02:00:00 mopai -C "$site" run >/dev/null 2>&1 || fail "no fourth night"
for f in "$site"/reports/latest/referrals/*.xlsx; do
    unzip -p "$f" 'xl/worksheets/*.xml' 'xl/sharedStrings.xml' 2>/dev/null
done | grep -q '转介 2026-03-10' && fail "an outcome that was taken back is handed on"
exit 0
