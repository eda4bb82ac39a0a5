#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every message that the table of defects in docs/sources.md quotes is one the program has: each piece between the … of a quoted text stands in the source,
# in order, inside one string.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# strings of the source, pieces of one literal joined, escapes and conversions as the table shows them
cat pipeline/*.c pipeline/*/*.c base/*/*.c base/text/*.def |
    sed -e 's/" STR_FMT "/%s/g' -e 's/STR_FMT "/"%s/g' -e 's/" STR_FMT\([,)]\)/%s"\1/g' -e 's/\\n"/"/g' -e 's/\\"/"/g' -e 's/%%/%/g' >"$work/source"
sed -n '/^## 9 /,/^<a id="english">/p' docs/sources.md | grep '^|' | cut -d'|' -f4- | grep -o '`[^`]*`' | tr -d '`' >"$work/quoted"
n=$(wc -l <"$work/quoted")
[ "$n" -gt 100 ] || { echo "only $n messages are quoted: is the table there?"; exit 1; }
LC_ALL=C.UTF-8 awk -v source="$work/source" '
    function escaped(s) { gsub(/[][\\.^$*+?(){}|]/, "\\\\&", s); return s }
    BEGIN { while ((getline line < source) > 0) text[++lines] = line }
    {
        n = split($0, piece, "…")
        found = 0
        for (i = 1; i <= lines && !found; i++) {
            at = 1; fits = 1
            for (k = 1; k <= n && fits; k++) {
                if (piece[k] == "") continue
                p = index(substr(text[i], at), piece[k])
                fits = p > 0
                at += p + length(piece[k]) - 1
            }
            found = fits
        }
        if (!found) { print "not in the program: " $0; bad++ }
    }
    END { exit bad > 0 }' "$work/quoted"
