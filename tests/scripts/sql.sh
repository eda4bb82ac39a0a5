#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mopai sql: the worked queries of docs/sql.md give what it shows, every table and column stands in it, identities stay hidden whatever is asked, a reveal is
# audited, nothing can be changed, and the extension shows the same.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
MOPAI_WHO=test
export MOPAI_WHO
. "$top/tests/lib/site.sh"
site="$work/site"
new_site "$site"
cp "$top"/tests/fault/site/night1/* "$site/inbox/"
run_night "$site" 1
cp "$top"/tests/fault/site/night2/* "$site/inbox/"
run_night "$site" 2
export MOPAI_CLOCK=2026-03-09T03:00:00
sql() { "$MOPAI_BIN" -C "$site" sql "$@"; }
bom=$(printf '\357\273\277')
plain() { LC_ALL=C sed "s/^$bom//" | tr -d '\r'; } # without what spreadsheets want
csv() { sql --csv "$@" | plain; }
fail() { echo "$1"; touch "$work/failed"; }
same() { [ "$2" = "$3" ] || fail "$1: expected '$3', found '$2'"; }

# 1. the worked queries and their results
mkdir "$work/q"
awk -v dir="$work/q" '
    /^```sql$/ { file = sprintf("%s/%02d.sql", dir, ++n); next }
    /^```text$/ { file = sprintf("%s/%02d.want", dir, n); next }
    /^```/ { file = ""; next }
    file { print > file }' "$top/docs/sql.md"
# shellcheck disable=SC2012
same "worked queries" "$(ls "$work"/q/*.want | wc -l)" 10
for query in "$work"/q/*.sql; do
    sql -f "$query" >"$work/have"
    cmp -s "$work/have" "${query%.sql}.want" || { fail "docs/sql.md, query $(basename "$query" .sql):"; diff "${query%.sql}.want" "$work/have" || true; }
done

# 2. every table with its columns is described
csv "SELECT name FROM sqlite_temp_schema WHERE name GLOB '[a-z]*'" | sed 1d >"$work/tables"
for table in persons households facts links hits evidence rules sources warnings warning_events visits deliveries files gates nights audit rule_persons rule_households rule_changes; do
    grep -qx "$table" "$work/tables" || fail "no table $table"
    sed -n "/^### $table /,/^##/p" "$top/docs/sql.md" >"$work/section"
    limit=99
    case $table in persons) limit=18 ;; households) limit=12 ;; rule_persons) limit=4 ;; rule_households) limit=3 ;; esac # the rest are the site's own
    csv "SELECT name FROM pragma_table_info('$table') WHERE cid < $limit" | sed 1d | while read -r column; do
        grep -q "$column" "$work/section" || fail "docs/sql.md: $table lacks $column"
    done
done

# 3. no query brings out who somebody is
{
    sed 's/.*/SELECT * FROM "&";/' "$work/tables" >"$work/all.sql"
    sql --csv -f "$work/all.sql"
    sql --json -f "$work/all.sql"
    sql "SELECT hex(证件号), substr(证件号, 7), 证件号 || '', quote(姓名), upper(证件号), unicode(substr(姓名, 2)), json_group_array(证件号) FROM 人"
    sql "SELECT group_concat(公民身份号码), max(姓名), printf('%s', 公民身份号码), CAST(公民身份号码 AS BLOB) FROM 户籍_各次"
} >"$work/everything"
for secret in 12019419610305001 120194196407120021 120194200809210045 12019219551130005 12019219880214007 试安国 试秀英 试小雨 试长河 影子路1号 $(printf %s 19610305001X | od -An -tx1 | tr -d ' \n'); do
    ! grep -qi "$secret" "$work/everything" || fail "$secret came out: $(grep -m1 -io ".\{0,60\}$secret" "$work/everything")"
done
same "LIKE on the tail" "$(csv "SELECT count(*) FROM 人 WHERE 证件号 LIKE '%001X' OR 证件号 GLOB '*[0-9]?????????????' OR 姓名 LIKE '%安国' OR 证件号 > '1202'" | tail -1)" 0
same "join by the raw number" "$(csv "SELECT count(*) FROM 户籍 WHERE 公民身份号码 = '12019419610305001X'" | tail -1)" 0
same "an audit without reveal" "$(sqlite3 "$site/store/ledger.db" "SELECT count(*) FROM audit WHERE action = 'reveal'")" 0

# 4. a reveal shows them, and is written down
same "revealed" "$(csv --reveal "SELECT 证件号 FROM 人 WHERE 证件号 = '12019419610305001X'" | tail -1)" 12019419610305001X
same "the audit of it" "$(sqlite3 "$site/store/ledger.db" "SELECT who || '|' || at || '|' || detail FROM audit WHERE action = 'reveal'")" \
    "test|2026-03-09T03:00:00|sql SELECT 证件号 FROM 人 WHERE 证件号 = '120***************'"

# 5. nothing can be changed, and messages help
refuses() { # refuses WORDS QUERY
    if sql "$2" >"$work/out" 2>&1; then fail "allowed: $2"; fi
    grep -q "$1" "$work/out" || { fail "$2: no '$1' in:"; cat "$work/out"; }
}
refuses '残疾证' "SELECT * FROM 残疾正"
refuses '街道' "SELECT p.街到 FROM 人 p"
refuses 'persons' "SELECT * FROM person"
refuses '只能 SELECT' "ATTACH '$work/x.db' AS x"
refuses '只能 SELECT' "CREATE TABLE x(a)"
refuses 'may not be modified' "DELETE FROM 人"
refuses 'load_extension' "SELECT load_extension('x')"
refuses '第9夜' "--night=9"
same "night 1" "$(csv --night 1 "SELECT count(*) FROM 救助成员" | tail -1)" 2
same "from stdin" "$(echo "SELECT 1 + 1; SELECT 3" | "$MOPAI_BIN" -C "$site" sql --csv | plain | tr '\n' ' ')" "1 + 1 2 3 3 "

# 6. the extension: the same rows, always masked (a build with sanitizers cannot be loaded into a plain shell)
ext="$(dirname "$MOPAI_BIN")/mopai_ext"
case $ext in *asan* | *coverage*) ;; *)
    same "extension" "$(MOPAI_SITE="$site" sqlite3 :memory: ".load $ext" "SELECT 姓名, 证件号, 年龄 FROM 人 ORDER BY 人序 LIMIT 1")" "试**|1201**************|65"
    same "mopai_site()" "$(cd "$work" && sqlite3 :memory: ".load $ext" "SELECT mopai_site('$site')" "SELECT count(*) FROM persons" | tail -1)" 5
    ;;
esac
[ ! -f "$work/failed" ]
