#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A street list opened and saved by LibreOffice as GB18030 CSV, columns reordered, outcomes filled in, one of them wrong: accepted but for that row; the
# corrected file of refused rows is accepted; the first file again changes nothing; the next night knows the outcomes.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
HOME="$work" # LibreOffice keeps its profile there
export HOME

new_site "$work/a"
deliver "$work/a" 1
run_night "$work/a" 1
MOPAI_CLOCK=2026-03-02T09:00:00 mopai -C "$work/a" release >/dev/null
deliver "$work/a" 2
run_night "$work/a" 2
list=$(ls "$work"/a/reports/latest/streets/*.xlsx | head -1)
soffice --headless --convert-to 'csv:Text - txt - csv (StarCalc):44,34,85,1' --outdir "$work" "$list" >"$work/soffice.out" 2>&1 || {
    cat "$work/soffice.out"
    exit 1
}
saved="$work/$(basename "$list" .xlsx).csv"
iconv -f GB18030 -t UTF-8 "$saved" >"$work/utf8.csv"

# the pen: columns in reverse order, an outcome for every warning, the second one misspelt
awk '
    function cells(line, out,   n, i, c, field, quoted) {
        n = 0; field = ""; quoted = 0
        for (i = 1; i <= length(line); i++) {
            c = substr(line, i, 1)
            if (quoted) {
                if (c == "\"" && substr(line, i + 1, 1) == "\"") { field = field c; i++ }
                else if (c == "\"") quoted = 0
                else field = field c
            } else if (c == "\"") quoted = 1
            else if (c == ",") { out[++n] = field; field = "" }
            else field = field c
        }
        out[++n] = field
        return n
    }
    function print_reversed(f, n,   i, s) {
        for (i = n; i >= 1; i--) { s = f[i]; gsub(/"/, "\"\"", s); printf "%s\"%s\"", (i < n ? "," : ""), s }
        printf "\n"
    }
    {
        delete f
        n = cells($0, f)
        if (!head) {
            for (i = 1; i <= n; i++) at[f[i]] = i
            if (at["预警编号"]) head = NR
        } else if (f[at["预警编号"]] ~ /^W-/) {
            rows++
            f[at["走访日期"]] = "2026/3/3"
            f[at["走访人"]] = "走访员甲"
            f[at["核查结果"]] = (rows == 2 ? "纳入底保" : "已有保障")
        }
        print_reversed(f, n)
    }
    END { if (rows < 3) { print "only " rows " rows on the list" > "/dev/stderr"; exit 1 } }' "$work/utf8.csv" >"$work/filled.utf8"
iconv -f UTF-8 -t GB18030 "$work/filled.utf8" >"$work/filled.csv"

count() { sqlite3 "$work/a/store/ledger.db" "$1"; }
mopai -C "$work/a" visits import "$work/filled.csv" >"$work/import.out" 2>&1
rows=$(grep -c 'W-[0-9]*-' "$work/filled.utf8")
[ "$(count 'SELECT count(*) FROM visit')" -eq $((rows - 1)) ] || { echo "accepted $(count 'SELECT count(*) FROM visit') of $rows"; cat "$work/import.out"; exit 1; }
refused=$(ls "$work"/filled*refused*.csv)
grep -q '纳入低保' "$refused" || { echo "the refusal does not suggest the right word"; cat "$refused"; exit 1; }

sed 's/纳入底保/纳入低保/' "$refused" >"$work/corrected.csv"
# sent back as a workbook this time: it is read as it is
soffice --headless --convert-to xlsx --infilter='CSV:44,34,76,1' --outdir "$work" "$work/corrected.csv" >"$work/soffice.out" 2>&1
mopai -C "$work/a" visits import "$work/corrected.xlsx" >"$work/import2.out" 2>&1
[ "$(count 'SELECT count(*) FROM visit')" -eq "$rows" ] || { echo "the corrected row was not accepted"; cat "$work/import2.out"; exit 1; }

before=$(sqlite3 "$work/a/store/ledger.db" 'SELECT * FROM visit; SELECT * FROM warning_event;' | sha256sum)
mopai -C "$work/a" visits import "$work/filled.csv" >"$work/import3.out" 2>&1
[ "$before" = "$(sqlite3 "$work/a/store/ledger.db" 'SELECT * FROM visit; SELECT * FROM warning_event;' | sha256sum)" ] || { echo "the first file again changed something"; exit 1; }

deliver "$work/a" 3
run_night "$work/a" 3
suppressed=$(sqlite3 "$work/a/store/runs/3/night.db" "SELECT count(*) FROM hit WHERE disposition = 'suppressed'")
[ "$suppressed" -gt 0 ] || { echo "no cooldown is visible on the next night"; exit 1; }

# one of the doors says it is another person's data: the rows the warning told are kept apart from the next night on, which says so and writes nothing twice
first=$(count "SELECT w.warning_no FROM warning AS w JOIN warning_event AS e USING (warning_no), json_each(e.body, '\$.evidence') AS v JOIN visit USING (warning_no)
    WHERE json_extract(v.value, '\$.file') LIKE 'yb_settle%' AND json_extract(v.value, '\$.row') IS NOT NULL ORDER BY 1 LIMIT 1")
number=$(mopai -C "$work/a" export warnings | grep -o "W-0*$first-." | head -1)
printf '预警编号,核查结果,走访日期,走访人\n%s,串人,2026-03-04,走访员乙\n' "$number" >"$work/other.csv"
MOPAI_CLOCK=2026-03-05T09:00:00 mopai -C "$work/a" visits import "$work/other.csv" >"$work/import4.out" 2>&1 || { cat "$work/import4.out"; exit 1; }
run_night "$work/a" 4
apart=$(count "SELECT count(*) FROM link_review WHERE note = '串人 $number' AND decision = 2 AND who = ''")
[ "$apart" -gt 0 ] || { echo "no row was kept apart"; exit 1; }
told=$(sqlite3 "$work/a/store/runs/4/night.db" "SELECT f.name || ' ' || m.line FROM link_made AS m JOIN input_file AS f USING (input) WHERE m.asked = 2 LIMIT 1")
# shellcheck disable=SC2086
mopai -C "$work/a" explain record $told >"$work/why"
grep -q 人工核对不是此人 "$work/why" && grep -q "走访员乙 2026-03-04（串人 $number）" "$work/why" || { echo "explain does not say that a visit kept it apart"; cat "$work/why"; exit 1; }
run_night "$work/a" 4
[ "$(count 'SELECT max(night) FROM night')" = 4 ] || { echo "a night without anything new was published"; exit 1; }
