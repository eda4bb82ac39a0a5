#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sources.yaml changed: what would change is shown beforehand and touches nothing; a change that a delivery in force does not survive stops before anything
# is touched; one that holds types again from raw.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$(pwd)
. "$top/tests/lib/site.sh"
export MOPAI_CLOCK=2026-03-05T02:00:00 MOPAI_WHO=tester
site="$work/site"
"$MOPAI_BIN" init "$site" >/dev/null
cat >>"$site/sources.yaml" <<'YAML'
  - id: reg
    label: 名册
    department: 甲局
    files: ["reg_{date}.csv"]
    kind: snapshot
    key: [号]
    columns:
      号: {type: token}
      类别: {type: code, codes: {1: 低保}}
      金额: {type: money, header: [补助]}
YAML
fail() { echo "$1"; cat "$work/out" "$work/err" 2>/dev/null; exit 1; }
m() { s=0; "$MOPAI_BIN" -C "$site" "$@" >"$work/out" 2>"$work/err" || s=$?; }
is() { [ "$s" = "$1" ] || fail "$2: exit $s, wanted $1"; }
says() { cat "$work/out" "$work/err" | grep -qF -- "$1" || fail "does not say '$1'"; }
{ echo 号,类别,补助; i=1; while [ $i -le 30 ]; do echo "A$i,$((i % 2 + 1)),1$i"; i=$((i + 1)); done; } >"$site/inbox/reg_20260301.csv"
m ingest; is 106 "unknown codes are only said"
before=$(tree_hash "$site/store")
cp "$site/sources.yaml" "$work/old.yaml"

sed 's/codes: {1: 低保}/codes: {1: 低保, 2: 特困}/' "$work/old.yaml" >"$work/better.yaml"
m check --sources "$work/better.yaml"; is 0 "a better declaration"
says "名册（reg）：要重新录入"; says "列“类别”：代码表变了"; says "录入 30 → 30，退回 0 → 0，未知值 15 → 0"
sed '/^  - id: reg/,$ s/金额: {type: money, header: \[补助\]}/备注: {type: text, required: true}/' "$work/old.yaml" >"$work/worse.yaml"
m check --sources "$work/worse.yaml"; is 106 "a declaration the file does not meet"
says "新增列“备注”"; says "去掉列“金额”"; says "不能通过"; says "备注"
[ "$(tree_hash "$site/store")" = "$before" ] || fail "check --sources touched the store"

cp "$work/worse.yaml" "$site/sources.yaml"
m ingest; is 10 "a night under a declaration that does not hold"
says "什么都没有改动"; says "交付 1（名册 reg_20260301.csv）"; says "mopai deliveries withdraw"
[ "$(ls "$site/store/segments" | grep -c seg)" = 2 ] || fail "segments were written"
sed '/^  - id: reg/,$ s/金额: {type: money, header: \[补助\]}/金额: {type: date, header: [补助], bad: reject}/' "$work/old.yaml" >"$site/sources.yaml"
m ingest; is 10 "a type that rejects every row"
says "录入 30 → 0，退回 0 → 30"
cp "$work/better.yaml" "$site/sources.yaml"
m ingest; is 0 "the better declaration put in place"
[ "$(ls "$site/store/segments" | grep -c seg)" = 4 ] || fail "not typed again"
[ ! -e "$site/store/segments.retype" ] || fail "scratch folder left"
cp "$work/old.yaml" "$site/sources.yaml"
m ingest; is 0 "back to the old one"
printf 'format: 1\nsources:\n  - {id: reg, label: 名册}\n' >"$work/wrong.yaml"
m check --sources "$work/wrong.yaml"; is 10 "a wrong file"
m check --sources "$work/none.yaml"; is 30 "no such file"

# A snapshot that another replaced serves the timeline: one that could no longer be read is told now, not in the middle of the night.
{ echo 号,类别,金额; i=1; while [ $i -le 30 ]; do echo "A$i,$((i % 2 + 1)),1$i"; i=$((i + 1)); done; } >"$site/inbox/reg_20260304.csv"
m ingest; is 106 "the next snapshot, its header renamed"
cp "$site/sources.yaml" "$work/old.yaml"
sed '/^  - id: reg/,$ s/金额: {type: money, header: \[补助\]}/金额: {type: money, required: true}/' "$work/old.yaml" >"$work/narrow.yaml"
m check --sources "$work/narrow.yaml"; is 106 "the old header is gone from the declaration"
says "只用来看变化"; says "缺少必需的列“金额”"
cp "$work/narrow.yaml" "$site/sources.yaml"
m ingest; is 10 "an earlier snapshot that can no longer be read"
says "reg_20260301.csv"; says "什么都没有改动"

# Killed, or without a disk, anywhere while everything is typed again: the next run ends where an undisturbed one does.
sed '/^  - id: reg/,$ s/codes: {1: 低保}/codes: {1: 低保, 2: 特困供养}/' "$work/old.yaml" >"$work/wide.yaml"
cp -r "$site" "$work/before"
calm() { rm -rf "$site"; cp -r "$work/before" "$site"; cp "$work/wide.yaml" "$site/sources.yaml"; }
calm
MOPAI_FAULT_COUNT="$work/count" m ingest
[ "$s" -eq 0 ] || fail "an undisturbed retyping: $s"
[ ! -e "$site/store/segments.retype" ] || fail "scratch folder left"
ls "$site/store/segments" >"$work/wanted"
(cd "$site/store/segments" && cat $(ls)) >"$work/bytes"
points=$(cat "$work/count")
[ "$points" -gt 5 ] || fail "only $points points to fail at"
rerun() {
    m ingest
    case $s in 0 | 106) ;; *) fail "the run after $1: exit $s" ;; esac
    ls "$site/store/segments" | cmp -s - "$work/wanted" || fail "other segments after $1"
    (cd "$site/store/segments" && cat $(ls)) | cmp -s - "$work/bytes" || fail "other bytes after $1"
    [ ! -e "$site/store/segments.retype" ] || fail "scratch folder left after $1"
}
k=1
while [ $k -le "$points" ]; do
    calm
    MOPAI_FAULT=eio:$k m ingest
    [ "$s" -ne 0 ] || [ -e "$site/store/segments.retype" ] || fail "no disk at point $k is not told" # that folder left is logged, and removed later
    rerun "no disk at point $k"
    k=$((k + 3))
done
k=2
while [ $k -le "$points" ]; do
    calm
    MOPAI_FAULT=stop:$k "$MOPAI_BIN" -C "$site" ingest >/dev/null 2>&1 &
    pid=$!
    tries=0 # stopped between two operations, then killed
    until grep -q '^State:.T' "/proc/$pid/status" 2>/dev/null || [ $tries -eq 500 ]; do sleep 0.01; tries=$((tries + 1)); done
    kill -9 $pid 2>/dev/null || fail "not stopped at point $k"
    wait $pid 2>/dev/null || true
    rerun "a kill at point $k"
    k=$((k + 4))
done
