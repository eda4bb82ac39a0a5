#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Half a file is held until a person accepts it with a reason; a header nobody knows is refused until sources.yaml knows it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
MOPAI_KEY="$work/key" MOPAI_CLOCK=2026-03-05T02:00:00 MOPAI_WHO=tester
export MOPAI_KEY MOPAI_CLOCK MOPAI_WHO
m() { "$MOPAI_BIN" -C "$work/site" "$@"; }
is() { [ "$1" = "$2" ] || { echo "$3: wanted '$2', got '$1'"; exit 1; }; }
"$MOPAI_BIN" init "$work/site" >/dev/null
in="$work/site/inbox"
members() { # DATE ROWS HEADER
    { echo "户编号,救助类别,$3,成员身份证号"; i=0; while [ $i -lt "$2" ]; do echo "H$i,低保,甲某,"; i=$((i + 1)); done; } >"$in/mz_member_甲街道_$1_full.csv"
}
state() { m deliveries list --json | tr -d '\n' | sed 's/ *{ *"delivery": /\n/g' | sed -n "s/^$1,.*\"state\": \"\([a-z]*\)\".*/\1/p"; }

members 20260201 40 成员姓名
m ingest >/dev/null
is "$(state 1)" accepted check-1
members 20260215 10 成员姓名
s=0; m ingest >/dev/null 2>&1 || s=$?
is $s 102 check-2
is "$(state 2)" held check-3
s=0; m deliveries accept 2 >/dev/null 2>&1 || s=$?
is $s 2 check-4
m deliveries accept 2 --reason "已核实" >/dev/null
is "$(state 2)" accepted check-5
s=0; m deliveries refuse 2 --reason x >/dev/null 2>&1 || s=$?
is $s 2 check-6
m deliveries withdraw 2 --reason "送错了" >/dev/null
is "$(state 2)" withdrawn check-7
s=0; m deliveries show 9 >/dev/null 2>&1 || s=$?
is $s 33 check-8

members 20260301 40 家庭成员
s=0; m ingest >/dev/null 2>"$work/err" || s=$?
is $s 107 check-9
grep -q "成员姓名" "$work/err"
s=0; m deliveries accept 3 --reason x >/dev/null 2>&1 || s=$?
is $s 31 check-10
s=0; m ingest >/dev/null 2>&1 || s=$?
is $s 0 check-11
sed 's/成员姓名: {type: name, required: true}/成员姓名: {type: name, required: true, header: [家庭成员]}/' "$work/site/sources.yaml" >"$work/y"
cat "$work/y" >"$work/site/sources.yaml"
m ingest >/dev/null
is "$(state 4)" accepted check-12
