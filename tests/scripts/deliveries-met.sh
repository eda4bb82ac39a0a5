#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Deliveries as people meet them: each case drops files, ingests, and looks at what the program says and holds in force.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export MOPAI_KEY="$work/key" MOPAI_WHO=tester
site="$work/site"
m() { "$MOPAI_BIN" -C "$site" "$@"; }
"$MOPAI_BIN" init "$site" >/dev/null
cat >>"$site/sources.yaml" <<'YAML'
  - {id: reg, label: 名册, department: 甲局, files: ["reg_{scope}_{date}.csv", "reg_{scope}_{date}_p{part}.csv"], kind: snapshot, key: [号],
     parts: {count: 2, wait: 2天}, columns: {号: {type: token}, 姓名: {type: name}}}
  - id: town
    label: 乡镇册
    department: 乙局
    files: ["town_{scope}_{date}.csv"]
    kind: snapshot
    key: [号]
    cadence: 20天
    gates:
      freshness: {warn: 30天, stop: 90天}
      columns:
        类别: {codes: {warn: 5%, stop: 30%}, missing: {warn: 10%}, distinct: {stop: 60%..200%}}
        金额: {sum: {warn: 80%..125%, stop: 50%..200%}}
    columns: {号: {type: token}, 类别: {type: code, codes: {1: 低保, 2: 特困}}, 金额: {type: money}}
  - {id: flow, label: 流水, department: 丙局, files: ["flow_{date}.csv", "flow_无日期.csv"], kind: append, key: [号], refund_of: 原号, event_date: 日期,
     columns: {号: {type: token}, 原号: {type: token}, 金额: {type: money}, 日期: {type: date, required: true}}}
  - {id: pay, label: 缴费, department: 丁局, files: ["pay_{month}-{month}_{date}.csv"], kind: period, period: 月份, key: [号, 月份],
     columns: {号: {type: token}, 月份: {type: month}, 基数: {type: money}}}
  - {id: calm, label: 少有的事, department: 丙局, files: ["calm_{date}.csv"], kind: append, key: [号],
     columns: {号: {type: token}, 原号: {type: token}, 金额: {type: money}, 日期: {type: date}}}
  - {id: cut, label: 断了的, department: 丙局, files: ["cut_{date}.csv"], kind: append, key: [号],
     gates: {rejects: {stop: none}}, columns: {号: {type: token}, 金额: {type: money}, 日期: {type: date, required: true}}}
  - {id: dated, label: 有日期列, department: 戊局, files: ["dated.csv"], kind: snapshot, key: [号], date: column 截止日, columns: {号: {type: token}, 截止日: {type: date}}}
YAML
case_name=""
fail() { echo "$case_name: $1"; cat "$work/out" "$work/err" 2>/dev/null; exit 1; }
case_() { case_name=$1; }
drop() { cat >"$site/inbox/$1"; }
at() { # DAY WANTED_EXIT [TEXT...]: one look at the inbox on that day, its exit and words
    day=$1 want=$2; shift 2
    s=0; MOPAI_CLOCK="${day}T02:00:00" m ingest >"$work/out" 2>"$work/err" || s=$?
    [ "$s" = "$want" ] || fail "exit $s, wanted $want"
    for text in "$@"; do grep -qF -- "$text" "$work/err" || fail "does not say '$text'"; done
}
# standing DELIVERY: state and whether it is in force on $day
standing() {
    MOPAI_CLOCK="${day}T02:00:00" m deliveries list --json | tr -d '\n ' | sed 's/{"delivery":/\n/g' |
        sed -n "s/^$1,.*\"state\":\"\([a-z]*\)\".*\"in_force\":\([a-z]*\).*/\1 \2/p"
}
is() { got=$(standing "$1"); [ "$got" = "$2 $3" ] || fail "delivery $1 is '$got', wanted '$2 $3'"; }
decide() { MOPAI_CLOCK="${day}T03:00:00" m deliveries "$@" >"$work/out" 2>"$work/err" || fail "cannot decide $*"; }
shows() { MOPAI_CLOCK="${day}T03:00:00" m deliveries show "$1" >"$work/out" 2>"$work/err"; shift; for text in "$@"; do grep -qF -- "$text" "$work/out" || fail "show lacks '$text'"; done; }
rows() { echo "$1"; i=$2; while [ "$i" -le "$3" ]; do printf '%s\n' "$4" | sed "s/#/$i/g"; i=$((i + 1)); done; }

# The cases share one site; delivery numbers are in the order of acceptance.
case_ "a missing part waits, then is named"
rows 号,姓名 1 20 '#,甲某' | drop reg_a_20260301_p1.csv
at 2026-03-02 106 "还缺第 2 份，等到 2026-03-03"
at 2026-03-04 102 "缺第 2 份" "mopai deliveries accept 1 --reason" "mopai deliveries refuse 1 --reason"
is 1 held false
case_ "the late part makes the whole delivery"
rows 号,姓名 21 40 '#,乙某' | drop reg_a_20260301_p2.csv
at 2026-03-05 0
is 2 accepted true
shows 2 "文件 2：reg_a_20260301_p2.csv" "录入 20" "本范围最新的一份" "取自文件名"
decide refuse 1 --reason "已收齐"

case_ "two towns in one source stand side by side"
rows 号,类别,金额 1 40 'A#,1,100' | drop town_东镇_20260301.csv
rows 号,类别,金额 1 30 'B#,2,100' | drop town_西镇_20260301.csv
at 2026-03-05 0
is 3 accepted true
is 4 accepted true
case_ "a drop of 40 % is stopped, with the way on"
rows 号,类别,金额 1 24 'A#,1,170' | drop town_东镇_20260310.csv
at 2026-03-11 102 "24 行，是上一次（40 行）的 60.00%" "mopai deliveries accept 5 --reason"
is 5 held false
is 3 accepted true
decide accept 5 --reason "撤并后已核实"
is 5 accepted true
is 3 accepted false
shows 5 "tester 接收，理由：撤并后已核实" "检验 行数"
shows 3 "已由交付 5（2026-03-10）替代"
decide withdraw 5 --reason "送错了"
is 5 withdrawn false
is 3 accepted true
case_ "only the new rows sent as a whole list"
rows 号,类别,金额 41 43 'A#,1,100' | drop town_东镇_20260311.csv
at 2026-03-12 102 "可能只送来一部分或只送了新增"
is 6 held false
case_ "yesterday's file again under the same name says nothing, under another name says so once"
cp "$site/inbox/town_西镇_20260301.csv" "$site/inbox/town_西镇_20260301 (1).csv"
at 2026-03-12 106 "内容与交付 4 的 town_西镇_20260301.csv 完全相同，不再接收"
at 2026-03-12 0
case_ "the same content with a later date is news"
cp "$site/inbox/town_西镇_20260301.csv" "$site/inbox/town_西镇_20260312.csv"
at 2026-03-12 106 "按新的数据日期接收"
is 7 accepted true
is 4 accepted false
case_ "an older file that comes late serves changes only"
rows 号,类别,金额 1 31 'B#,2,100' | drop town_西镇_20260308.csv
at 2026-03-12 106 "比在用的交付 7（2026-03-12）旧"
is 8 accepted false
is 7 accepted true
case_ "an empty list is held"
echo 号,类别,金额 | drop town_西镇_20260320.csv
at 2026-03-20 102 "没有数据行"
is 9 held false
case_ "a file of nothing is refused"
: | drop town_西镇_20260321.csv
at 2026-03-21 107 "文件是空的"
case_ "gates of columns: foreign codes, a sum in another unit"
rows 号,类别,金额 1 30 'B#,9,1' | drop town_西镇_20260322.csv
at 2026-03-22 1 "“类别”不认识的值 100.00% (30/30)" "“金额”合计 1.00% (30.00/3000.00)"
is 11 held false
case_ "data that was old when it came"
rows 号,类别,金额 1 30 'C#,2,100' | drop town_南镇_20260101.csv
at 2026-03-22 106 "数据日期距收到 80 天，通常 ≤ 30 天"
is 12 accepted true

case_ "a full export sent as an increment counts once and is said"
rows 号,原号,金额,日期 1 20 'S#,,10,2026-03-01' | drop flow_20260301.csv
at 2026-03-22 0
rows 号,原号,金额,日期 1 21 'S#,,10,2026-03-01' | drop flow_20260308.csv
at 2026-03-22 106 "上一次的记录有 100% 又来了"
is 13 accepted true
is 14 accepted true
case_ "half an increment is noticed once what is usual is known"
rows 号,原号,金额,日期 31 50 'S#,,10,2026-03-09' | drop flow_20260309.csv
at 2026-03-22 0
rows 号,原号,金额,日期 51 56 'S#,,10,2026-03-10' | drop flow_20260310.csv
at 2026-03-22 106 "6 行，是平常（20 行）的 30.00%，通常 ≥ 40.00%"
case_ "no date in the name: the day of receipt, and it says so"
rows 号,原号,金额,日期 61 70 'S#,,10,2026-03-11' | drop flow_无日期.csv
at 2026-03-22 106 "文件名里没有数据日期，按收到的日期算"
shows 17 "数据日期 2026-03-22（文件里没写，用收到的日期）"
case_ "the data date from a column"
rows 号,截止日 1 3 'D#,2026-03-15' | drop dated.csv
at 2026-03-22 0
shows 18 "数据日期 2026-03-15（取自列）"

case_ "a period sent again replaces its months"
rows 号,月份,基数 1 20 'P#,202601,100' | drop pay_202601-202601_20260201.csv
at 2026-03-22 0
rows 号,月份,基数 1 20 'P#,202601,120' | drop pay_202601-202602_20260301.csv
at 2026-03-22 0
is 19 accepted false
is 20 accepted true
shows 19 "它的月份都已由交付 20 等替代"
decide withdraw 20 --reason "送错了"
is 19 accepted true
case_ "days on which nothing happened are deliveries, each of its date"
for d in 12 13 14; do echo 号,原号,金额,日期 | drop "calm_202603$d.csv"; done
at 2026-03-22 0
is 21 accepted true
is 23 accepted true
case_ "an increment's first delivery, cut off in its last row"
{ rows 号,金额,日期 1 6 'A#,5,2026-03-01'; printf 'A7,6,2026-0'; } | drop cut_20260322.csv
at 2026-03-22 1 "cut_20260322.csv：最后一行（第 8 行）被退回，行尾也没有换行，文件可能没有传完；请核对行数，必要时重新发送" "断了的 cut_20260322.csv：退回 1 行"
is 24 accepted true
rows 号,金额,日期 1 9 'A#,5,2026-03-01' | drop cut_20260323.csv
at 2026-03-23 106 "上一次的记录有 100% 又来了"
is 25 accepted true
case_ "a decision needs a reason, and its state"
s=0; m deliveries accept 6 >/dev/null 2>"$work/err" || s=$?
[ $s = 2 ] || fail "accepted without a reason"
s=0; m deliveries withdraw 6 --reason x >/dev/null 2>"$work/err" || s=$?
[ $s = 2 ] || fail "withdrew a held delivery"
grep -q "暂扣" "$work/err" || fail "does not say its state"
