#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# visits scorecard against fates written by hand: in time, late, missed, excused, not due; extensions, levels, outcomes taken back and corrected; quarters; lines.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site="$work/a"
ledger="$site/store/ledger.db"
fail() { echo "$*"; exit 1; }
new_site "$site"
cp "$top"/tests/fault/site/night1/* "$site/inbox/"
run_night "$site" 1
east=$(awk -F, '$4 == "street" { print $1; exit }' "$site/areas.csv") west=$(awk -F, '$4 == "street" && n++ == 1 { print $1; exit }' "$site/areas.csv")

# nights 1 to 4 are 2, 9, 16 and 23 March; the warnings are our own
day() { echo $(($(date -u -d "$1" +%s) / 86400)); }
{
    echo "DELETE FROM warning_event; DELETE FROM warning; INSERT INTO visit_import VALUES (1, 't', 'x', 0, 0, 0, 0, 0, 't', 't');"
    for night in 2 3 4; do
        echo "CREATE TEMP TABLE n AS SELECT * FROM night WHERE night = 1; UPDATE n SET night = $night, as_of = as_of + 7 * ($night - 1); INSERT INTO night SELECT * FROM n; DROP TABLE n;"
    done
} >"$work/sql"
event() { # W NIGHT KIND [BODY]
    echo "INSERT OR IGNORE INTO warning VALUES ($1, 'R02', 'H', $1, '', 1); INSERT INTO warning_event (warning_no, night, kind, body, at) VALUES ($1, $2, '$3', '${4:-{\}}', 't');" >>"$work/sql"
}
listed() { event "$1" "$2" "${5:-new}" "{\"send\":\"街道\",\"street\":\"$3\",\"due\":\"$4\",\"due_days\":5}"; } # W NIGHT STREET DUE [level]
visit() { # W DAY WHO [visited]
    event "$1" 2 "${4:-closed}"
    echo "INSERT INTO visit (import_id, warning_no, visit_day, visitor, outcome, outcome_group, at, seq) VALUES (1, $1, $(day "$2"), '$3', '', '', 't', (SELECT max(seq) FROM warning_event));" >>"$work/sql"
}
order() { # W NIGHT KIND [UNTIL]
    event "$1" "$2" "$3"
    echo "INSERT INTO warning_order (seq, night, until, reason) VALUES ((SELECT max(seq) FROM warning_event), $2, ${4:-NULL}, 't');" >>"$work/sql"
}

# the first street: six in time (one on the day, one in vain, one by a later due day, one put off and visited), two late, three missed, four excused, two not due
listed 1 1 "$east" 2026-03-06; visit 1 2026-03-06 赵甲
listed 2 1 "$east" 2026-03-06; visit 2 2026-03-05 赵甲 visited
listed 3 1 "$east" 2026-03-06; order 3 1 extended "$(day 2026-03-12)"; visit 3 2026-03-11 赵甲
listed 4 1 "$east" 2026-03-06; order 4 1 snoozed "$(day 2026-03-20)"; visit 4 2026-03-05 赵甲
listed 5 1 "$east" 2026-03-06; visit 5 2026-03-16 赵甲; visit 5 2026-03-06 钱乙 # a corrected sheet
listed 6 1 "$east" 2026-03-06; listed 6 2 "$east" 2026-03-20 level; visit 6 2026-03-19 赵甲
listed 7 1 "$east" 2026-03-06; visit 7 2026-03-07 赵甲
listed 8 1 "$east" 2026-03-30; listed 8 2 "$east" 2026-03-05 level; visit 8 2026-03-10 钱乙
listed 9 1 "$east" 2026-03-06
listed 10 1 "$east" 2026-03-06; event 10 3 cleared # too late to be excused
listed 11 1 "$east" 2026-03-06; visit 11 2026-03-05 赵甲; order 11 3 reopened # taken back after the due day: nobody was there
listed 12 1 "$east" 2026-03-12; event 12 2 cleared
listed 13 1 "$east" 2026-03-12; event 13 2 merged
listed 14 1 "$east" 2026-03-12; order 14 1 returned; listed 14 2 "$west" 2026-03-20; visit 14 2026-03-20 孙丙 # and the second street was there
listed 15 1 "$east" 2026-03-12; visit 15 2026-03-05 赵甲; order 15 2 reopened
listed 16 3 "$east" 2026-03-24
listed 17 1 "$east" 2026-03-06; visit 17 2026-03-04 赵甲; listed 17 3 "$east" 2026-03-27 # on the list again after the cooldown
# the second: four more in time, of two quarters; held and pending ones never count
for w in 21 22 23 24; do listed $w 2 "$west" 2026-03-20; visit $w 2026-03-12 孙丙; done
listed 25 4 "$west" 2026-04-02; visit 25 2026-03-24 孙丙
event 26 2 held "{\"send\":\"街道\",\"street\":\"$west\"}"
# the bureau's desk
event 31 1 new '{"send":"区局","street":"","due":"2026-03-06"}'
sqlite3 "$ledger" <"$work/sql"

card() { MOPAI_CLOCK=2026-03-24T09:00:00 mopai -C "$site" --json visits scorecard "$@" >"$work/card.json"; sqlite3 :memory: "SELECT name || ' ' || coalesce(visitor, '-') || ' ' || in_time || ' ' || late ||
    coalesce(' ' || missed || ' ' || excused || ' ' || ahead, '') || coalesce(' ' || grade || ' ' || share || ' ' || low || '-' || high, '') FROM (SELECT json_extract(value, '\$.name') AS name,
    json_extract(value, '\$.visitor') AS visitor, json_extract(value, '\$.in_time') AS in_time, json_extract(value, '\$.late') AS late, json_extract(value, '\$.not_visited') AS missed,
    json_extract(value, '\$.excused') AS excused, json_extract(value, '\$.not_due') AS ahead, json_extract(value, '\$.grade') AS grade, json_extract(value, '\$.share_permille') AS share,
    json_extract(value, '\$.share_low') AS low, json_extract(value, '\$.share_high') AS high FROM (
    SELECT value FROM json_each(readfile('$work/card.json'), '\$.streets') UNION ALL SELECT value FROM json_each(readfile('$work/card.json'), '\$.visitors')))"; }
name() { awk -F, -v c="$1" '$1 == c { print $2 }' "$site/areas.csv"; }
same() { printf '%s\n' "$2" >"$work/want"; diff "$work/want" "$1" || fail "$3"; }
card >"$work/got"
same "$work/got" "$(name "$east") - 7 2 3 4 2 D 583 320-807
$(name "$west") - 5 0 0 0 0 A 1000 566-1000
区局与未定 - 0 0 1 0 0
$(name "$east") 赵甲 6 1 B 857 487-974
$(name "$east") 钱乙 1 1
$(name "$west") 孙丙 5 0 A 1000 566-1000" "the quarter's scores"
[ "$(sqlite3 :memory: "SELECT json_extract(readfile('$work/card.json'), '\$.quarter')")" = 2026Q1 ] || fail "which quarter"

# words, and no grade for few
MOPAI_CLOCK=2026-03-24T09:00:00 mopai -C "$site" visits scorecard >"$work/text"
grep -q '^2026Q1，截至 2026-03-24；评级线 A 95%、B 85%、C 70%（样例' "$work/text" || { cat "$work/text"; fail "head"; }
grep -q "^$(name "$east")  *7  *2  *3  *4  *2  *58.3% (32–81)  *D" "$work/text" || { cat "$work/text"; fail "a street in words"; }
grep -q '^    钱乙  *1  *1  *-  *-  *-  *样本不足' "$work/text" || { cat "$work/text"; fail "a visitor in words"; }
MOPAI_CLOCK=2026-03-24T09:00:00 mopai -C "$site" --lang en visits scorecard | grep -q 'too few' || fail "English"

# another quarter: asked for, or once a due day of it has passed
card --quarter 2026Q2 >"$work/got"
same "$work/got" "$(name "$west") - 1 0 0 0 0
$(name "$west") 孙丙 1 0" "the quarter asked for"
MOPAI_CLOCK=2026-04-03T09:00:00 mopai -C "$site" visits scorecard | grep -q '^2026Q2，' || fail "the newest quarter"
for wrong in 2026 2026Q5 26Q1 2026q1 2026Q11; do
    "$MOPAI_BIN" -C "$site" visits scorecard --quarter $wrong >/dev/null 2>&1 && fail "--quarter $wrong"
done
mopai -C "$site" visits scorecard --quarter 2020Q1 | grep -q '没有列入清单' || fail "an empty quarter"

# the bureau's own lines; what was imported the same day counts, and nothing is written
sed -i 's/^  outcomes:/  grades: {A: 60%, B: 58%, C: 20%}\n  outcomes:/' "$site/rules.yaml"
before=$(sha256sum <"$ledger")
card >"$work/got"
grep -q "^$(name "$east") - 7 2 3 4 2 B " "$work/got" || { cat "$work/got"; fail "lines of rules.yaml"; }
MOPAI_CLOCK=2026-03-24T09:00:00 mopai -C "$site" visits scorecard | grep -q '样例' && fail "the bureau's own lines are no sample"
[ "$before" = "$(sha256sum <"$ledger")" ] || fail "the scorecard wrote into the ledger"
echo ok
