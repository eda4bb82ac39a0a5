#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An entry guessed from an export passes `mopai check` and takes that export in: every form the demo writes, the cases, and odd ones.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$(pwd)
export MOPAI_KEY="$work/key" MOPAI_CLOCK=2026-03-05T02:00:00 MOPAI_WHO=tester
"$MOPAI_BIN" init "$work/base" >/dev/null

# guess FILE [LEAST_PERCENT]: its own source first in sources.yaml; nearly all rows must be typed
guess() {
    rm -rf "$work/site"
    cp -r "$work/base" "$work/site"
    "$MOPAI_BIN" sources guess "$1" >"$work/entry" || { echo "cannot guess $1"; exit 1; }
    { sed -n '1,/^sources:/p' "$work/base/sources.yaml"; cat "$work/entry"; sed '1,/^sources:/d' "$work/base/sources.yaml"; } >"$work/site/sources.yaml"
    cp "$1" "$work/site/inbox/"
    s=0
    "$MOPAI_BIN" -C "$work/site" check >"$work/out" 2>&1 || s=$?
    case $s in 0 | 1 | 1[012]?) ;; *) echo "check of the entry for $1 ends with $s:"; cat "$work/entry" "$work/out"; exit 1 ;; esac
    s=0
    "$MOPAI_BIN" -C "$work/site" ingest >"$work/out" 2>&1 || s=$?
    case $s in 0 | 1 | 1[012]?) ;; *) echo "ingest of $1 ends with $s:"; cat "$work/out"; exit 1 ;; esac
    id=$(sed -n 's/^  - id: "\{0,1\}\([A-Za-z0-9_]*\).*/\1/p' "$work/entry")
    "$MOPAI_BIN" -C "$work/site" deliveries list --json | tr -d '\n ' >"$work/list"
    grep -q "\"source\":\"$id\"" "$work/list" && grep -q '"state":"accepted"' "$work/list" || {
        echo "$1 was not accepted as $id:"; cat "$work/out" "$work/entry"; exit 1; }
    typed=$(sed 's/.*"typed":\([0-9]*\).*/\1/' "$work/list") rejected=$(sed 's/.*"rejected":\([0-9]*\).*/\1/' "$work/list")
    [ $((typed * 100)) -ge $(((typed + rejected) * ${2:-95})) ] && [ "$typed" -gt 0 ] || {
        echo "$1: only $typed of $((typed + rejected)) rows were typed"; cat "$work/entry"; exit 1; }
    guessed=$((${guessed:-0} + 1))
    case $1 in */mz_payment*) says "发放日期: {type: date}"; says "发放月份: {type: month}"; says "name: 享受人" ;; esac
    case $1 in */cl_*0301*) says "残疾证号.身份证号" ;; esac
}
says() { grep -qF -- "$1" "$work/entry" || { echo "the entry does not say '$1'"; cat "$work/entry"; exit 1; }; }

"$MOPAI_GEN" --demo --night 1 --out "$work/exports" >/dev/null
for f in "$work"/exports/*.csv; do guess "$f" 80; done
for f in "$top"/fixtures/cases/encodings/*.csv "$top"/fixtures/cases/title-totals-signature/*.csv "$top"/fixtures/cases/dates-and-certificates/*.csv; do guess "$f" 50; done

printf '业务流水\t证件号码\t姓名\t提取金额(万元)\t业务日期\n' >"$work/公积金提取_20260228.txt"
i=1; while [ $i -le 30 ]; do printf 'G%d\t12019419610305001X\t王德明\t1.25\t202602%02d\n' $i $((i % 28 + 1)) >>"$work/公积金提取_20260228.txt"; i=$((i + 1)); done
guess "$work/公积金提取_20260228.txt"
says "delimiter: tab"
says "unit: 万元"
says "type: id_number"
says '公积金提取_{date}.txt'
says "key: [业务流水]"
printf 'F;NAME;ID_CARD;NAME;a#b.c;是否在校;类别\r\n' >"$work/T_MEMBER.csv"
i=1; while [ $i -le 40 ]; do printf 'F%d;王德明;="12019419610305001X";李桂英;%d;是;0%d\r\n' $i $i $((i % 2 + 1)) >>"$work/T_MEMBER.csv"; i=$((i + 1)); done
guess "$work/T_MEMBER.csv"
says 'NAME#2'
says "type: flag"
says 'codes: {"01": "01", "02": "02"}'
says "文件名里没有日期"
{ printf '某某区花名册,,,\n姓名,身份证号,登记日期,说明: "备注"\n'; i=1; while [ $i -le 25 ]; do printf '甲某%d,,45%d,x\n' $i $((300 + i)); i=$((i + 1)); done; printf '合计,25,,\n填表人：某,,,\n'; } >"$work/花名册 (2026年3月1日).csv"
guess "$work/花名册 (2026年3月1日).csv"
says "serial: true"
says '({date})'
mkdir "$work/packed"
cp "$work/花名册 (2026年3月1日).csv" "$work/packed/export.csv"
(cd "$work/packed" && zip -q "$work/在册人员_20260301.zip" export.csv)
guess "$work/在册人员_20260301.zip"
says '在册人员_{date}.csv'
gzip -nc "$work/packed/export.csv" >"$work/在册人员_20260302.csv.gz"
guess "$work/在册人员_20260302.csv.gz"
says '在册人员_{date}.csv'
s=0; printf '姓名,号\n' >"$work/empty.csv"; "$MOPAI_BIN" sources guess "$work/empty.csv" 2>"$work/err" >/dev/null || s=$?
[ $s = 32 ] && grep -q "没有数据行" "$work/err" || { echo "a file without rows: $s"; cat "$work/err"; exit 1; }
grep -qE '[0-9]{17}' "$work/entry" && { echo "an identifier in the entry"; exit 1; }
echo "$guessed exports guessed and taken in"
