#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The pipeline over a generated district against its truth. usage: score.sh BUILD_DIR [persons [nights [dirt [seed [profile [all]]]]]], from the repository root.
# all: the optional exports too, the families of planted-more.tsv, and every shipped rule that is evaluated, those that only count among them.
# Prints metric<TAB>value of the last night (and what was new on the first); every difference goes to $SCORE_DIR/misses.tsv with its number for `mopai explain`.
set -eu
build=$1
persons=${2:-10000} nights=${3:-30} dirt=${4:-default} seed=${5:-20260302} profile=${6:-U} sources=${7:-}
dir=${SCORE_DIR:-build/score}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
bin=${MOPAI_BIN:-$PWD/$build/mopai} gen=${MOPAI_GEN:-$PWD/$build/mopai-gen}
site="$dir/site"
export MOPAI_KEY="$dir/key" TZ=UTC LC_ALL=C.UTF-8
rm -rf "$site" "$dir/sent" "$dir/clean" "$dir/import" "$dir/score.db" "$dir/misses.tsv" "$dir/flow.csv" "$dir/held.csv"
touch "$dir/held.csv"
printf '%064d\n' 7 >"$MOPAI_KEY"

more= optional="jyu fc cg sc sf tw yj xs bz"
[ "$sources" != all ] || more=--all-sources
"$gen" --persons "$persons" --nights "$nights" --profile "$profile" --seed "$seed" --dirt "$dirt" --planted $more --truth --out "$dir/sent" >&2
"$gen" --persons "$persons" --nights "$nights" --profile "$profile" --seed "$seed" --dirt none --planted $more --truth --out "$dir/clean" >/dev/null

mopai() { # 1 and 100-127: done, with warnings
    "$bin" -C "$site" "$@" && return 0
    _status=$?
    case $_status in 1 | 1[012][0-9]) return 0 ;; esac
    return $_status
}
mkdir -p "$site"
cp fixtures/site/rules.yaml fixtures/site/calendar.csv "$dir/sent/site/areas.csv" "$site/"
mopai init "$site" >/dev/null
night=1
while [ "$night" -le "$nights" ]; do
    as_of=$(date -u -d "2026-03-01 +$night day" +%F)
    cp "$dir/sent/night-$night"/* "$site/inbox/"
    # an empty roster of a town without assisted people is held the first time; here it is known to be right
    MOPAI_CLOCK="${as_of}T01:00:00" mopai ingest >"$dir/run.out" 2>&1 || { cat "$dir/run.out" >&2; exit 1; }
    for held in $(sqlite3 "$site/store/ledger.db" "SELECT delivery_id FROM delivery WHERE state = 'held'"); do
        MOPAI_CLOCK="${as_of}T01:30:00" mopai deliveries accept "$held" --reason "score.sh" >>"$dir/run.out" 2>&1
        echo "$night,$held" >>"$dir/held.csv"
    done
    MOPAI_CLOCK="${as_of}T02:00:00" mopai run >"$dir/run.out" 2>&1 || { cat "$dir/run.out" >&2; exit 1; }
    db="$site/store/runs/$night/night.db"
    sqlite3 -separator , "$db" "SELECT $night, disposition, count(*) FROM hit GROUP BY disposition" >>"$dir/flow.csv"
    # on Mondays the bureau releases what the streets can take
    if [ "$(date -u -d "$as_of" +%u)" = 1 ]; then
        MOPAI_CLOCK="${as_of}T09:00:00" mopai release >"$dir/run.out" 2>&1 || { cat "$dir/run.out" >&2; exit 1; }
    fi
    night=$((night + 1))
done

code=$(sed -n "s/^\([0-9]*\),.*,district,.*/\1/p" "$site/areas.csv")
# the clean exports in force on the last night, one file a source, with file and line in front; dates as 2026-03-01
mkdir -p "$dir/import"
newest() { # PREFIX: the file of the newest data date
    # shellcheck disable=SC2012
    ls "$dir"/clean/night-*/"$1"_[0-9]*.csv | awk -F/ '{ split($NF, p, "_"); print p[length(p) - 1], $0 }' | sort | tail -1 | cut -d' ' -f2-
}
decoded() {
    case $1 in
    */jy_unemp*) iconv -f UTF-16 -t UTF-8 "$1" | tr '\t' ',' ;;
    */mz_* | */cl_* | */hd_* | */sf_* | */tw_* | */bz_*) iconv -f GB18030 -t UTF-8 "$1" ;;
    *) cat "$1" ;;
    esac
}
tabled() { # TABLE FILE...
    _table=$1
    shift
    for _file in "$@"; do
        decoded "$_file" | awk -v file="$(basename "$_file")" -v first="$([ "$_file" = "$1" ] && echo 1 || echo 0)" '
            BEGIN { FS = OFS = "," }
            { sub(/\r$/, ""); sub(/^\xef\xbb\xbf/, "") }
            { if (part == "") at = NR; all = part $0; part = ""; if (gsub(/"/, "&", all) % 2) { part = all " "; next } $0 = all } # a cell with a line feed
            NR == 1 && $0 ~ /花名册/ { next }
            !head { head = 1; fields = NF; if (first) print "file,line," $0; next }
            /^合计,|^填表人/ { next }
            {
                for (i = 1; i <= NF; i++) if ($i ~ /^[12][0-9][0-9][0-9][.\/-][0-9]+[.\/-][0-9]+$/) { split($i, d, "[./-]"); $i = sprintf("%04d-%02d-%02d", d[1], d[2], d[3]) }
                print file, at, $0
            }'
    done >"$dir/import/$_table.csv"
}
tabled ga "$(newest ga_$code)"
tabled yb_insured "$(newest yb_insured_$code)"
tabled cl "$(newest cl_$code)"
tabled jy_unemp "$(newest jy_unemp_$code)"
# shellcheck disable=SC2046
tabled mz_member $(for s in $(ls "$dir/clean/night-1" | sed -n 's/^mz_member_\([0-9]*\)_.*/\1/p'); do newest "mz_member_$s"; done)
tabled cl_all "$dir"/clean/night-*/cl_*.csv
tabled yb_settle "$dir"/clean/night-*/yb_settle_*.csv
tabled mz_payment "$dir"/clean/night-*/mz_payment_*.csv
tabled hd_check "$dir"/clean/night-*/hd_check_*.csv
tabled jy_contrib "$dir"/clean/night-*/jy_contrib_*.csv
for s in $optional; do
    case $sources:$s in
    all:yj | all:xs | all:bz) tabled $s "$dir"/clean/night-*/${s}_*.csv ;;
    all:*) tabled $s "$(newest ${s}_$code)" ;;
    *) echo "file,line,学段,学籍状态,现住址,死亡日期" >"$dir/import/$s.csv" ;; # nothing came
    esac
done
for which in sent clean; do
    echo "source,file,line,person,dirt"
    for file in "$dir/$which"/truth/records-*.csv; do
        awk -F, -v file="$(basename "$file" | sed 's/^records-//')" 'FNR > 1 { print $1 "," file "," $2 "," $4 "," $5 }' "$file"
    done
done | awk -v out="$dir/import" '/^source,/ { n++ } { print > (out "/" (n == 1 ? "truth_row" : "truth_clean") ".csv") }'
for what in links persons households warnings; do
    mopai export $what -o "$dir/import/$what.csv" >/dev/null
done

# the evaluator knows the rules that send people; with all sources the others too, but for what is drawn by lot
found="disposition <> 'shadow'"
[ "$sources" != all ] || found="rule <> 'Z01'"
asked=
if [ -n "$(sqlite3 "$site/store/runs/$nights/night.db" "SELECT 1 FROM sqlite_master WHERE name = 'link_made'")" ]; then
    asked="INSERT INTO asked SELECT f.name, m.line FROM night.link_made AS m JOIN night.input_file AS f ON f.input = m.input WHERE m.asked = 1;"
fi
sqlite3 -batch "$dir/score.db" >"$dir/load.log" 2>&1 <<SQL
PRAGMA journal_mode = off;
PRAGMA synchronous = off;
CREATE TABLE metric(name TEXT, value REAL);
CREATE TABLE miss(kind TEXT, ref TEXT, dirt TEXT, what TEXT);
CREATE TABLE meta AS SELECT '$as_of' AS as_of;
.mode csv
.import $dir/import/truth_row.csv truth_row
.import $dir/import/truth_clean.csv truth_clean
.import $dir/sent/truth/persons.csv truth_person
.import $dir/sent/truth/planted.csv planted
.import $dir/site/areas.csv area
.import $dir/import/links.csv links_file
.import $dir/import/persons.csv persons_file
.import $dir/import/households.csv households_file
.import $dir/import/warnings.csv warnings_file
$(for t in ga yb_insured cl jy_unemp mz_member cl_all yb_settle mz_payment hd_check jy_contrib $optional; do echo ".import $dir/import/$t.csv raw_$t"; done)
CREATE INDEX truth_clean_at ON truth_clean (file, line);
$(for t in ga yb_insured cl jy_unemp mz_member cl_all yb_settle mz_payment hd_check jy_contrib $optional; do
    echo "CREATE TABLE $t AS SELECT t.person, r.* FROM raw_$t AS r JOIN truth_clean AS t ON t.file = r.file AND t.line = r.line; CREATE INDEX ${t}_person ON $t (person);"
done)
CREATE TABLE link AS SELECT "文件" AS file, "行" AS line, "人" AS person, "户" AS household, "依据" AS how FROM links_file;
CREATE INDEX link_at ON link (file, line);
CREATE TABLE persons AS SELECT rowid - 1 AS place_in_file, "人" AS ref, "户" AS household, "成户原因" AS place, "街道" AS street, "社区" AS community, "区划依据" AS area_basis FROM (SELECT rowid, * FROM persons_file);
CREATE TABLE households AS SELECT rowid - 1 AS place_in_file, "户" AS household, "依据" AS basis FROM (SELECT rowid, * FROM households_file);
ATTACH '$site/store/runs/$nights/night.db' AS night;
CREATE TABLE asked(file TEXT, line INTEGER); -- rows the night asks people about
$asked
ATTACH '$site/store/ledger.db' AS ledger;
CREATE TABLE warned AS -- when a warning was first found, and first on a list
  SELECT warning_no, min(night) AS found_night, min(CASE WHEN kind = 'new' THEN night END) AS listed_night, max(kind = 'released') AS released
  FROM ledger.warning_event GROUP BY warning_no;
CREATE UNIQUE INDEX warned_no ON warned (warning_no);
CREATE TABLE hit AS SELECT rule, entity_kind, person_row, household_row, level, level_note, disposition, warning_no,
  (SELECT "预警号" FROM warnings_file WHERE CAST(substr("预警号", 3, 6) AS INTEGER) = warning_no) AS warning, first_night FROM night.hit WHERE $found;
CREATE TABLE accepted(night INTEGER, delivery INTEGER);
.import $dir/held.csv accepted
INSERT INTO metric SELECT 'deliveries held by gates', count(*) FROM accepted;
CREATE TABLE flow(night INTEGER, disposition TEXT, n INTEGER);
.import $dir/flow.csv flow
INSERT INTO metric SELECT 'held on the first night', sum(n) FROM flow WHERE night = 1 AND disposition = 'held'
  UNION ALL SELECT 'held on the first night, of 1,000 persons', 1000.0 * sum(n) / (SELECT count(*) FROM persons) FROM flow WHERE night = 1 AND disposition = 'held'
  UNION ALL SELECT 'still held on the last night', coalesce(sum(n), 0) FROM flow WHERE night = $nights AND disposition = 'held'
  UNION ALL SELECT 'released by the bureau', sum(released) FROM warned
  UNION ALL SELECT 'first found a night after it', 1.0 * sum(found_night > 1) / ($nights - 1) FROM warned WHERE $nights > 1;
CREATE TABLE cl_change AS
  WITH d AS (SELECT DISTINCT file, substr(file, 11, 8) AS day FROM cl_all), pair AS (SELECT file, day, lag(file) OVER (ORDER BY day) AS before FROM d)
  SELECT n.person, coalesce(o."残疾等级", '无') AS was, n."残疾等级" AS became, substr(day, 1, 4) || '-' || substr(day, 5, 2) || '-' || substr(day, 7, 2) AS day
  FROM pair JOIN cl_all AS n ON n.file = pair.file LEFT JOIN cl_all AS o ON o.file = pair.before AND o.person = n.person
  WHERE before IS NOT NULL AND coalesce(o."残疾等级", '无') <> n."残疾等级";
SQL
for part in world expected ${more:+expected-more} linkage households hits planted causes; do
    sqlite3 -batch -bail "$dir/score.db" <"tests/score/$part.sql" || { echo "tests/score/$part.sql failed" >&2; exit 1; }
done
sqlite3 -batch -separator "$(printf '\t')" "$dir/score.db" "SELECT kind, ref, dirt, what FROM miss ORDER BY 1, 2, 4" >"$dir/misses.tsv"
# the hits of the clean truth as the slow evaluator has them: background, or of a planted family
sqlite3 -batch -csv -header "$dir/score.db" "SELECT rule, who AS person_or_household, level, CASE WHEN who IN (SELECT who FROM of_planted) THEN 'planted' ELSE 'background' END AS variant
    FROM expected ORDER BY 1, 2" >"$dir/sent/truth/hits.csv"
# counts as they are, shares with four places, days with two
sqlite3 -batch -separator "$(printf '\t')" "$dir/score.db" "SELECT name, CASE
    WHEN name LIKE '%recall%' OR name LIKE '%precision%' OR name LIKE '% F1%' OR name LIKE '%agreement%' OR name LIKE '% right%' AND name NOT LIKE '%exactly%' OR name LIKE '%assigned%' OR name LIKE '%quiet' OR name LIKE '%asked or found' OR name LIKE 'damage, right%' OR name LIKE '%on a list%' OR name LIKE '%first night' AND name LIKE 'planted%' THEN printf('%.4f', value)
    WHEN value = CAST(value AS INTEGER) THEN CAST(value AS INTEGER) ELSE printf('%.2f', value) END FROM metric WHERE value IS NOT NULL"
sqlite3 -batch -separator "$(printf '\t')" "$dir/score.db" "SELECT 'misses: ' || kind, count(*) FROM miss GROUP BY kind"
