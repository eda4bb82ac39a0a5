#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Everything a night hands out, read by programs that are not ours (unzip, poppler): nobody can put an identifier together from it, whichever of the files he
# holds. Tried with every identifier of the exports: in full, its birth date beside a head or a tail, its last six, and any run of digits that long. The pages
# say what they must, stand on A4 and hold every warning.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh tests/lib/demo-site.sh "$work" 1
MOPAI_KEY="$work/key"
export MOPAI_KEY
. "$top/tests/lib/site.sh"
MOPAI_CLOCK=2026-03-02T09:00:00 mopai -C "$work/site" release >/dev/null
deliver "$work/site" 2
run_night "$work/site" 2
latest="$work/site/reports/latest"
[ "$(ls "$latest"/streets/*.pdf 2>/dev/null | wc -l)" -gt 0 ] || { echo "没有 PDF：编译时 PDF=0 或没有中文字体"; paper=no; }

text="$work/text"
mkdir "$text"
[ "$(ls "$latest"/referrals/*.xlsx | wc -l)" -ge 2 ] || { echo "no referral lists"; exit 1; }
for f in "$latest"/streets/*.xlsx "$latest"/referrals/*.xlsx "$latest"/district.xlsx; do
    unzip -p "$f" 'xl/worksheets/*.xml' 'xl/sharedStrings.xml' 2>/dev/null | sed 's/<[^>]*>/ /g' >"$text/$(basename "$f").txt"
done
for f in "$latest"/streets/*.pdf; do
    [ -f "$f" ] || continue
    pdftotext -layout "$f" "$text/$(basename "$f").txt"
    pdfinfo "$f" | grep -q '^Page size: .*(A4)' || { echo "not A4: $f"; exit 1; }
done
for f in "$latest"/rules/*.html; do
    cp "$f" "$text/rule-$(basename "$f").txt"
done
for f in "$latest"/departments/*.csv "$latest"/*.html "$latest"/*.csv "$latest"/manifest.json; do
    cp "$f" "$text/$(basename "$f").txt"
done

# identifiers as the exports have them, whatever the column, the encoding aside: they are ASCII
cat "$work"/exports/*/*.csv | LC_ALL=C grep -aoE '[1-9][0-9]{16}[0-9Xx]' | sort -u >"$work/ids"
[ "$(wc -l <"$work/ids")" -gt 300 ] || { echo "only $(wc -l <"$work/ids") identifiers in the exports"; exit 1; }
# what would complete one: all of it, area and birth date, birth date and tail, the tail with what stands before it
awk '{ print; print substr($0, 1, 14); print substr($0, 7, 12); print substr($0, 13, 6) }' "$work/ids" | sort -u >"$work/parts"
# completes FILE: prints what in it could be part of somebody's number. Phones have 11 digits, warning and list numbers and area codes at most 12.
completes() {
    LC_ALL=C grep -oE '[0-9]{12,}[Xx]?' "$1" | LC_ALL=C sort -u | LC_ALL=C comm -12 - "$work/parts" || true
    LC_ALL=C grep -oE '[0-9]{13,}[Xx]?' "$1" || true
    LC_ALL=C grep -oE '(19|20)[0-9]{6}[^0-9]?\*|\*+[0-9]{5,}[Xx]?' "$1" || true # a mask that leaves the birth date, or more than the last four
    grep -oE '出生日期' "$1" || true # with the area of one file and the tail of another it would be the number
}
LC_ALL=C sort -u -o "$work/parts" "$work/parts"
for planted in "$(head -1 "$work/ids")" "$(cut -c7-18 "$work/ids" | head -1)" '120194********30071X' '出生日期 1950-01-01'; do
    echo "张某 $planted 男" >"$work/planted"
    [ -n "$(completes "$work/planted")" ] || { echo "this test does not see $planted"; exit 1; }
done
for f in "$text"/*.xlsx.txt "$text"/*.pdf.txt "$text"/*.csv.txt "$text"/*.html.txt; do
    [ -f "$f" ] || continue
    case $f in
    *.xlsx.txt | *.pdf.txt) found=$(completes "$f") ;;
    *) found=$(completes "$f" | grep -v 出生日期 || true) ;; # a department reads the names of its columns, cells masked
    esac
    [ -z "$found" ] || { echo "$(basename "$f"): $found"; exit 1; }
done

# the paper says what the workbook says
for f in "$latest"/streets/*.xlsx; do
    base=$(basename "$f" .xlsx)
    LC_ALL=C grep -oE 'W-[0-9]{6,}-[0-9A-Z]' "$text/$base.xlsx.txt" | sort -u >"$work/x"
    [ -s "$work/x" ] || { echo "no warning on $base"; exit 1; }
    [ "${paper:-yes}" = yes ] || continue
    LC_ALL=C grep -oE 'W-[0-9]{6,}-[0-9A-Z]' "$text/$base.pdf.txt" | sort -u >"$work/p"
    cmp -s "$work/x" "$work/p" || { echo "$base: .xlsx and .pdf hold different warnings"; diff "$work/x" "$work/p"; exit 1; }
    grep -q '不是处理决定' "$text/$base.pdf.txt" || { echo "$base.pdf does not say what it is"; exit 1; }
    grep -q '□纳入低保' "$text/$base.pdf.txt" || { echo "$base.pdf has no boxes to tick"; exit 1; }
    pdffonts "$latest/streets/$base.pdf" | awk 'NR > 2 { n++; if ($(NF - 4) != "yes") bad = 1 } END { exit bad || !n }' || { echo "$base.pdf: a font is not embedded"; exit 1; }
done

# every workbook as another program prints it: a landscape A4 with its heading, every warning of it on paper
if command -v soffice >/dev/null 2>&1; then
    HOME="$work" soffice --headless --convert-to pdf --outdir "$work/printed" "$latest"/streets/*.xlsx "$latest"/referrals/*.xlsx "$latest/district.xlsx" >"$work/soffice.out" 2>&1
    for f in "$latest"/streets/*.xlsx "$latest"/referrals/*.xlsx "$latest/district.xlsx"; do
        base=$(basename "$f" .xlsx)
        pdfinfo "$work/printed/$base.pdf" | grep -qE '^Page size: +84[12].*A4' || { echo "$base does not print on A4 landscape"; cat "$work/soffice.out"; exit 1; }
        LC_ALL=C grep -oE 'W-[0-9]{6,}-[0-9A-Z]' "$text/$base.xlsx.txt" | sort -u >"$work/x"
        pdftotext -layout "$work/printed/$base.pdf" - | LC_ALL=C grep -oE 'W-[0-9]{6,}-[0-9A-Z]' | sort -u >"$work/p"
        cmp -s "$work/x" "$work/p" || { echo "$base: another program prints other warnings"; diff "$work/x" "$work/p"; exit 1; }
    done
fi

# an office reads only what 转介 says: no benefits, no sentence of a warning, no household that only other kinds of help concern
! grep -l '现享受政策' "$text"/助*.txt || { echo "an office reads benefits"; exit 1; }
for f in "$text"/助*.txt; do
    kind=$(basename "$f" .xlsx.txt)
    rules=$(sed -n "s/^    $kind: \[\(.*\)\]$/\1/p" "$work/site/rules.yaml" | head -1)
    for n in $(LC_ALL=C grep -oE 'W-[0-9]{6,}-[0-9A-Z]' "$f" | sort -u); do
        rule=$(mopai -C "$work/site" export warnings 2>/dev/null | grep "^$n," | cut -d, -f2)
        case ", $rules," in *", $rule,"*) ;; *) echo "$kind tells of $n, which is $rule"; exit 1 ;; esac
    done
done

# a street and an office that may read less (meta.audiences): no name in full, no phone, no door, not in a sentence either
sed -E 's/(街道|转介): \{姓名: 全, 电话: 全, 住址: 全, 年龄: 全, 待遇: (全|不写)\}/\1: {姓名: 遮, 电话: 遮, 住址: 遮, 年龄: 不写, 待遇: 不写}/' "$work/site/rules.yaml" >"$work/rules.yaml"
[ "$(diff "$work/rules.yaml" "$work/site/rules.yaml" | grep -c '^<')" -eq 2 ] || { echo "rules.yaml does not say what streets and offices read"; exit 1; }
cmp -s "$work/rules.yaml" "$work/site/rules.yaml" && { echo "rules.yaml has no audiences to change"; exit 1; }
cp "$work/rules.yaml" "$work/site/rules.yaml"
deliver "$work/site" 3
run_night "$work/site" 3
latest="$work/site/reports/latest"
cat "$text"/*街道*.txt >"$work/full"
cat "$text"/助*.txt >"$work/handed-on"
: >"$work/masked"
for f in "$latest"/streets/*.xlsx "$latest"/referrals/*.xlsx; do
    unzip -p "$f" 'xl/worksheets/*.xml' 'xl/sharedStrings.xml' 2>/dev/null | sed 's/<[^>]*>/ /g' >>"$work/masked"
done
for f in "$latest"/streets/*.pdf; do
    [ ! -f "$f" ] || pdftotext -layout "$f" - >>"$work/masked"
done
grep -oE 'W-[0-9]{6}-[0-9A-Z]' "$work/masked" | sort -u >"$work/numbers"
[ "$(wc -l <"$work/numbers")" -gt 5 ] || { echo "too few warnings on the masked lists"; exit 1; }
# whole words of three characters, so that a name of two that is also a word of the form does not count
mopai -C "$work/site" export persons --reveal 2>/dev/null | cut -d, -f2 | grep -E '^...+$' | sort -u >"$work/names"
grep -qFf "$work/names" "$work/full" || { echo "this test knows no name of the lists"; exit 1; }
grep -qFf "$work/names" "$work/handed-on" || { echo "this test knows no name of the referral lists"; exit 1; }
grep -oFf "$work/names" "$work/masked" | head -3 | grep . && { echo "a name in full on a masked list"; exit 1; }
grep -oE '1[0-9]{10}' "$work/full" | grep -q . || { echo "this test sees no phone on the full lists"; exit 1; }
grep -oE '(^|[^0-9])1[3-9][0-9]{9}([^0-9]|$)' "$work/masked" && { echo "a phone on a masked list"; exit 1; }
grep -oE '[0-9]+号楼' "$work/masked" && { echo "a door on a masked list"; exit 1; }
exit 0
