#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# For every evidence item of every demo warning (raw cells are read for what goes into the ledger that night), the named line of the named file, as the
# department sent it, holds the printed cell under the named column.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"

new_site "$work/a"
for night in 1 2 3; do
    deliver "$work/a" $night
    run_night "$work/a" $night
    sqlite3 -separator '	' "$work/a/store/runs/$night/night.db" \
        "SELECT e.file, e.line, e.column, e.raw, h.rule || ' ' || e.label FROM evidence e JOIN hit h USING (hit_id) WHERE e.line IS NOT NULL AND e.raw <> '' ORDER BY 1, 2, 3" >>"$work/items"
done
sort -u "$work/items" >"$work/wanted"
sqlite3 -separator '	' "$work/a/store/ledger.db" "SELECT name, encoding, header_line FROM delivery_file" >"$work/files"

cut -f1 "$work/wanted" | sort -u | while read -r file; do
    encoding=$(awk -F'\t' -v f="$file" '$1 == f { print $2 }' "$work/files" | head -1)
    header=$(awk -F'\t' -v f="$file" '$1 == f { print $3 }' "$work/files" | head -1)
    iconv -f "$encoding" -t UTF-8 "$work/a/inbox/$file" | sed '1s/^\xef\xbb\xbf//; s/\r$//' >"$work/text"
    awk -F'\t' -v f="$file" '$1 == f' "$work/wanted" >"$work/of_file"
    awk -v header="$header" -v file="$file" '
        function cells(line, out,   n, i) { # the demo quotes no delimiter in the columns that are evidence
            n = split(line, out, index(line, "\t") ? "\t" : ",")
            for (i = 1; i <= n; i++) { gsub(/^[ "]+|[ "]+$/, "", out[i]) }
            return n
        }
        NR == FNR { text[FNR] = $0; next }
        {
            split($0, want, "\t")
            n = cells(text[header], head)
            m = cells(text[want[2]], row)
            found = 0
            gsub(/^ +| +$/, "", want[4])
            for (i = 1; i <= n; i++) if (head[i] == want[3] && row[i] == want[4]) found = 1
            if (!found) { print file " line " want[2] ", column " want[3] ": not there for " want[5]; bad = 1 }
        }
        END { exit bad }' "$work/text" "$work/of_file" || touch "$work/failed"
done
[ "$(wc -l <"$work/wanted")" -gt 60 ] || { echo "only $(wc -l <"$work/wanted") evidence items: the test proves little"; exit 1; }
[ ! -f "$work/failed" ]
