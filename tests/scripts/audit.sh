#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The audit: everything people do is in it, and every edit of every column of every kind of row, every deletion, insertion and another order is named; rows
# cut off the end are missed by what the nights recorded.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
MOPAI_WHO=王科员
export MOPAI_WHO
. "$top/tests/lib/site.sh"
site="$work/site"
ledger="$site/store/ledger.db"
fail() { echo "$1"; touch "$work/failed"; }

new_site "$site"
cp "$top"/tests/fault/site/night1/* "$site/inbox/"
run_night "$site" 1
export MOPAI_CLOCK=2026-03-05T10:00:00
mopai -C "$site" export persons -o "$work/persons.csv"
# one policy: what export writes of a name is what sql shows of it, the first character
sed 1d "$work/persons.csv" | cut -d, -f2 | tr -d '"' | sort >"$work/names"
grep -q '^.[*]' "$work/names" && ! grep -q '^[^*][^*]' "$work/names" || { echo "export persons shows names"; head -3 "$work/names"; exit 1; }
mopai -C "$site" export records 残疾证 --reveal -o "$work/records.csv"
mopai -C "$site" explain person 12019419610305001X --reveal >/dev/null
mopai -C "$site" sql --reveal "SELECT 1" >/dev/null
mopai -C "$site" release >/dev/null
mopai -C "$site" deliveries withdraw 3 --reason 送错了 >/dev/null
cp "$top"/tests/fault/site/night2/* "$site/inbox/"
run_night "$site" 2
mopai -C "$site" audit >"$work/list"
for word in 发布一夜 导出 查看原文 放行 撤回交付; do
    grep -q "王科员.*$word" "$work/list" || fail "mopai audit lacks $word"
done
[ "$(mopai -C "$site" audit --since 2026-03-09 | wc -l)" -eq 1 ] || fail "--since 2026-03-09 is not the second night alone"
mopai -C "$site" audit verify >"$work/out" || { fail "an untouched audit is complained about:"; cat "$work/out"; }
mopai -C "$site" verify >"$work/out" || { fail "an untouched site is complained about:"; cat "$work/out"; }

# the newest hash of the day is in the manifest and on the page
rows=$(sqlite3 "$ledger" "SELECT count(*) FROM audit")
hash=$(sqlite3 "$ledger" "SELECT hash FROM audit WHERE audit_id = $rows - 1")
grep -q "\"audit_hash\": \"$hash\"" "$site/reports/latest/manifest.json" || fail "manifest.json lacks the newest hash"
grep -q "$hash" "$site/reports/latest/index.html" || fail "index.html lacks the newest hash"

damaged() { # damaged SQL ROW WHAT: the row is named, by both commands
    rm -rf "$work/copy" && cp -r "$site" "$work/copy"
    sqlite3 "$work/copy/store/ledger.db" "$1"
    if mopai -C "$work/copy" audit verify >"$work/out" 2>&1; then fail "not found: $3"; fi
    grep -q "第 $2 " "$work/out" || { fail "$3: row $2 is not named:"; cat "$work/out"; }
}
row=1
while [ "$row" -le "$rows" ]; do
    for column in who action detail at hash; do
        damaged "UPDATE audit SET $column = $column || 'x' WHERE audit_id = $row" $row "$column of row $row"
    done
    row=$((row + 1))
done
damaged "UPDATE audit SET who = substr(who, 1, 1), action = substr(who, 2) || action WHERE audit_id = 2" 2 "content moved from one column to the next"
damaged "DELETE FROM audit WHERE audit_id = 3" 3 "a deletion"
damaged "DELETE FROM audit WHERE audit_id = 1" 1 "the first row gone"
damaged "UPDATE audit SET audit_id = 99 WHERE audit_id = 2" 2 "a renumbered row"
damaged "UPDATE audit SET audit_id = -audit_id; UPDATE audit SET audit_id = CASE audit_id WHEN -2 THEN 3 WHEN -3 THEN 2 ELSE -audit_id END" 2 "two rows exchanged"
damaged "UPDATE audit SET audit_id = -audit_id WHERE audit_id > 2; UPDATE audit SET audit_id = 1 - audit_id WHERE audit_id < 0;
    INSERT INTO audit SELECT 3, who, action, detail, at, hash FROM audit WHERE audit_id = 2" 3 "a row put in between"
damaged "DELETE FROM audit WHERE audit_id = $rows" 2 "the last row cut off: night 2 misses its publication"
damaged "DELETE FROM audit WHERE audit_id > 2" 2 "the end cut off: night 2 recorded more"
damaged "DELETE FROM audit" 1 "everything deleted"
if mopai -C "$work/copy" verify >"$work/out" 2>&1; then fail "mopai verify does not look at the audit"; fi
[ ! -f "$work/failed" ]
