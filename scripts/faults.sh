#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Plants the faults of fixtures/faults.tsv in the exports of a generated district (at least 41 nights). usage: faults.sh DIR, from the repository root.
# What was done to which file goes to DIR/truth/faults.csv with what the pipeline should do about it.
set -eu
export LC_ALL=C
dir=$1
truth="$dir/truth/faults.csv"
tmp="$dir/truth/fault.tmp"
mkdir -p "$dir/truth"
echo "night,file,fault,state,gate,verdict,reject,says,reason" >"$truth"

# kept SHARE FILE: the header and the first rows up to that share
kept() {
    _rows=$(($(wc -l <"$2") - 1))
    head -n $((1 + _rows * $1 / 100)) "$2"
}
# yesterday FILE: the same export of the night before
yesterday() { ls "$dir/night-$((night - 1))/$export"*; }
# dated FILE DATE: its name with another date
dated() { echo "$1" | sed "s/_[0-9]\{8\}_/_$2_/"; }

while IFS="$(printf '\t')" read -r night export fault state gate verdict reject says reason; do
    case $night in '#'* | night) continue ;; esac
    file=$(ls "$dir/night-$night/$export"* 2>/dev/null || true)
    name=$(basename "$file")
    case $fault in
    twice) name="${name%.csv}(1).csv" && cp "$file" "$dir/night-$night/$name" ;;
    yesterday) rm "$file" && file=$(yesterday) && name=$(basename "$file") && cp "$file" "$dir/night-$night/" ;;
    yesterday-renamed) cp "$(yesterday)" "$file" ;;
    full-as-increment) { cat "$dir/night-1/$export"* && tail -n +2 "$file"; } >"$tmp" && mv "$tmp" "$file" ;;
    increment-as-full) kept 15 "$file" >"$tmp" && mv "$tmp" "$file" ;;
    drop-60) kept 40 "$file" >"$tmp" && mv "$tmp" "$file" ;;
    drop-40) # a spreadsheet's UTF-16 stays one
        iconv -f UTF-16 -t UTF-8 "$file" >"$tmp.8" && kept 60 "$tmp.8" | iconv -f UTF-8 -t UTF-16 >"$tmp" && mv "$tmp" "$file" && rm "$tmp.8" ;;
    renamed) iconv -f GB18030 -t UTF-8 "$file" | sed '1s/发放月份/发放日/' | iconv -f UTF-8 -t GB18030 >"$tmp" && mv "$tmp" "$file" ;;
    older-late)
        name=$(basename "$(dated "$dir"/night-1/cl_*_20260301_full.csv 20260215)")
        kept 98 "$dir"/night-1/cl_*_20260301_full.csv >"$dir/night-$night/$name" ;;
    empty) grep -a -m1 -n , "$file" >/dev/null && iconv -f GB18030 -t UTF-8 "$file" | grep -m1 '^户编号' | iconv -f UTF-8 -t GB18030 >"$tmp" && mv "$tmp" "$file" ;;
    truncated) # behind the first byte of a Chinese character in the last row
        head -n -1 "$file" >"$tmp" && tail -n 1 "$file" | sed 's/^\([^,]*,[^,]*,.\).*/\1/' | tr -d '\n' >>"$tmp" && mv "$tmp" "$file" ;;
    gb18030) sed '1s/^\xef\xbb\xbf//' "$file" | iconv -f UTF-8 -t GB18030 >"$tmp" && mv "$tmp" "$file" ;;
    utf16) sed '1s/^\xef\xbb\xbf//' "$file" | iconv -f UTF-8 -t UTF-16 >"$tmp" && mv "$tmp" "$file" ;;
    reordered) awk -F, -v OFS=, '{ sub(/^\xef\xbb\xbf/, ""); t = $3; $3 = $7; $7 = t; print }' "$file" >"$tmp" && mv "$tmp" "$file" ;;
    extra-column) awk '{ print $0 (NR == 1 ? ",备注" : ",无") }' "$file" >"$tmp" && mv "$tmp" "$file" ;;
    missing-part) name="${name%.csv}_part1.csv" && kept 40 "$file" >"$dir/night-$night/$name" && rm "$file" ;;
    nul) awk 'NR == 3 { sub(/,/, ",@") } { print }' "$file" | tr '@' '\000' >"$tmp" && mv "$tmp" "$file" ;;
    bom-twice) { printf '\357\273\277' && cat "$file"; } >"$tmp" && mv "$tmp" "$file" ;;
    euro) # a diagnosis that ends in the euro sign of code page 936
        sed '1s/^\xef\xbb\xbf//' "$file" | iconv -f UTF-8 -t GB18030 | awk -F, -v OFS=, 'NR == 2 { $11 = $11 "\200" } { print }' >"$tmp" && mv "$tmp" "$file" ;;
    lone-cr) tr '\n' '\r' <"$file" >"$tmp" && mv "$tmp" "$file" ;;
    mixed) { head -n -1 "$file" && tail -n 1 "$file" | iconv -f UTF-8 -t GB18030; } >"$tmp" && mv "$tmp" "$file" ;;
    late) mv "$file" "$dir/night-$((night + 1))/" ;;
    zero) : >"$file" ;;
    future) name=$(dated "$name" 20270404) && mv "$file" "$dir/night-$night/$name" ;;
    spreadsheet) # every number as a spreadsheet shows it
        sed '2,$s/^\(.\)\(.....\)[0-9X]*/\1.\2E+17/' "$file" >"$tmp" && mv "$tmp" "$file" ;;
    *) echo "fixtures/faults.tsv: nobody knows how to do '$fault'" >&2 && exit 1 ;;
    esac
    echo "$night,$name,$fault,$state,$gate,$verdict,$reject,$says,$reason" >>"$truth"
done <fixtures/faults.tsv
