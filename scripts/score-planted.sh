#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The planted cases of the demo over its three nights: found, not found, found where nothing was planted, levels. usage: score-planted.sh BUILD_DIR
# Prints metric<TAB>value over the three nights; a review case may be found or not. Differences go to $SCORE_DIR/planted/misses.tsv.
set -eu
top=$PWD
build=$1
work=${SCORE_DIR:-build/score}/planted
rm -rf "$work"
mkdir -p "$work"
work=$(cd "$work" && pwd)
: "${MOPAI_BIN:=$top/$build/mopai}" "${MOPAI_GEN:=$top/$build/mopai-gen}"
export MOPAI_BIN MOPAI_GEN TZ=UTC LC_ALL=C.UTF-8
. "$top/tests/lib/site.sh"
new_site "$work/site"
db="$work/planted.db"
sqlite3 -batch "$db" "CREATE TABLE found(night INTEGER, rule TEXT, kind TEXT, id18 TEXT, household TEXT, level TEXT, ref TEXT);
    CREATE TABLE folk(night INTEGER, id18 TEXT, household TEXT)"
for night in 1 2 3; do
    deliver "$work/site" $night
    run_night "$work/site" $night
    for what in persons households; do
        mopai -C "$work/site" export $what --reveal -o "$work/$what.csv" >/dev/null
    done
    sqlite3 -batch "$db" >"$work/load.log" 2>&1 <<SQL
DROP TABLE IF EXISTS persons;
DROP TABLE IF EXISTS households;
.mode csv
.import $work/persons.csv persons
.import $work/households.csv households
ATTACH '$work/site/store/runs/$night/night.db' AS n;
INSERT INTO folk SELECT $night, "证件号", "户" FROM persons;
INSERT INTO found SELECT $night, h.rule, h.entity_kind, p."证件号", p."户", h.level, coalesce('W-' || h.warning_no, p."户")
  FROM n.hit AS h JOIN persons AS p ON p.rowid = h.person_row + 1 WHERE h.disposition <> 'shadow';
SQL
done
sqlite3 -batch "$db" >>"$work/load.log" 2>&1 <<SQL
.mode csv
.import $work/exports/1/truth/cases.csv cases
SQL
sqlite3 -batch -bail -separator "$(printf '\t')" "$db" <<'SQL'
-- a review case is of somebody without a usable id: found or not, it is no miss
-- a case on each of its nights, and whether a hit of its rule stands at its person or household; a case that must not hit is judged only where nothing
-- else is planted in the same household for the same rule; levels on its first night, since some are planted to change
CREATE TABLE judged AS
  SELECT c."case", n.night, n.night = CAST(c."from" AS INTEGER) AS first, c.rule, c.expect, c.level, c.id18, (SELECT max(f.level) FROM found AS f
    WHERE f.night = n.night AND f.rule = c.rule AND CASE f.kind WHEN 'P' THEN f.id18 = c.id18 ELSE f.household = (SELECT household FROM folk AS o WHERE o.night = n.night AND o.id18 = c.id18) END) AS found
  FROM cases AS c JOIN (SELECT 1 AS night UNION SELECT 2 UNION SELECT 3) AS n ON c.rule <> '' AND (c."from" = '0' OR n.night BETWEEN CAST(c."from" AS INTEGER) AND CAST(c."to" AS INTEGER));
SELECT 'demo planted, case nights ' || rule, count(*) FROM judged WHERE expect = 'hit' GROUP BY rule;
SELECT 'demo planted recall ' || rule, printf('%.4f', avg(found IS NOT NULL)) FROM judged WHERE expect = 'hit' GROUP BY rule;
SELECT 'demo planted near misses kept quiet ' || rule, printf('%.4f', avg(found IS NULL)) FROM judged WHERE expect = 'no_hit' GROUP BY rule;
SELECT 'demo planted recall', printf('%.4f', avg(found IS NOT NULL)) FROM judged WHERE expect = 'hit';
SELECT 'demo planted precision', printf('%.4f', 1.0 * (SELECT count(*) FROM judged WHERE expect = 'hit' AND found IS NOT NULL) /
  ((SELECT count(*) FROM found) - (SELECT count(*) FROM found AS f WHERE f.id18 = '' AND EXISTS (SELECT 1 FROM judged AS j WHERE j.rule = f.rule AND j.expect = 'review'))));
SELECT 'demo planted level agreement', printf('%.4f', avg(level = found)) FROM judged WHERE expect = 'hit' AND found IS NOT NULL AND first;
SQL
sqlite3 -batch -separator "$(printf '\t')" "$db" "SELECT * FROM judged WHERE (expect = 'hit' AND (found IS NULL OR (first AND found <> level))) OR (expect = 'no_hit' AND found IS NOT NULL)
    ORDER BY 1, 2" >"$work/misses.tsv"
