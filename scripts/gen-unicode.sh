#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tables from Debian's unicode-data, on standard output: folding and width for base/text/unicode.c, or, as `gen-unicode.sh han`, codes, readings and shapes
# of ideographs for base/text/han.c. UNICODE_DATA names another folder.
set -eu
dir=${UNICODE_DATA:-/usr/share/unicode}
here=$(dirname "$0")
for f in EastAsianWidth.txt UnicodeData.txt EquivalentUnifiedIdeograph.txt Unihan_Variants.txt.bz2 Unihan_OtherMappings.txt.bz2 \
    Unihan_Readings.txt.bz2 Unihan_DictionaryLikeData.txt.bz2 Unihan_IRGSources.txt.bz2; do
    if [ ! -r "$dir/$f" ]; then
        echo "gen-unicode: $dir/$f 不存在，请安装软件包：apt install unicode-data" >&2
        echo "gen-unicode: $dir/$f is missing; install the package: apt install unicode-data" >&2
        exit 1
    fi
done
if ! command -v bzcat >/dev/null; then
    echo "gen-unicode: 缺少 bzcat，请安装软件包：apt install bzip2" >&2
    echo "gen-unicode: bzcat is missing; install the package: apt install bzip2" >&2
    exit 1
fi
if [ "${1:-}" = han ]; then
    bzcat "$dir/Unihan_Readings.txt.bz2" "$dir/Unihan_DictionaryLikeData.txt.bz2" "$dir/Unihan_IRGSources.txt.bz2" "$dir/Unihan_OtherMappings.txt.bz2" |
        grep -E '	k(TGHZ2013|XHC1983|HanyuPinyin|Mandarin|Cangjie|FourCornerCode|TotalStrokes|Phonetic|TGH|GB0)	' |
        LC_ALL=C awk -f "$here/gen-unicode-han.awk"
    exit
fi
tag() { sed "s/^/$1;/"; }
{
    tag W < "$dir/EastAsianWidth.txt"
    tag U < "$dir/UnicodeData.txt"
    tag E < "$dir/EquivalentUnifiedIdeograph.txt"
    bzcat "$dir/Unihan_OtherMappings.txt.bz2" | grep -F kTGH | tag H
    bzcat "$dir/Unihan_Variants.txt.bz2" | grep -v '^#' | tag H
} | LC_ALL=C awk -f "$here/gen-unicode.awk"
