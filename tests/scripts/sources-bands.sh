#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bands learned from six deliveries, pasted into sources.yaml: check takes them, what was usual passes, half a file does not.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$(pwd)
. "$top/tests/lib/site.sh"
export MOPAI_CLOCK=2026-03-20T02:00:00 MOPAI_WHO=tester
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
      类别: {type: code, codes: {1: 低保, 2: 特困}}
      金额: {type: money}
YAML
fail() { echo "$1"; cat "$work/out" "$work/err" 2>/dev/null; exit 1; }
put() { { echo 号,类别,金额; i=1; while [ $i -le "$2" ]; do echo "A$i,1,$3"; i=$((i + 1)); done; } >"$site/inbox/reg_$1.csv"; }
m() { s=0; "$MOPAI_BIN" -C "$site" "$@" >"$work/out" 2>"$work/err" || s=$?; }
put 20260301 100 10; put 20260302 102 10; put 20260303 99 10; put 20260304 104 11
m ingest
m sources bands reg
[ $s = 0 ] || fail "bands: $s"
grep -q "rows: .*历史：102% 97% 105%" "$work/out" && fail "three ratios are no history"
put 20260305 101 10; put 20260306 103 10
m ingest
m sources bands 名册
cp "$work/out" "$work/bands"
grep -q "      rows: {warn: 92%..111%, stop: 80%..127.5%}   # 历史：102% 97% 105% 97.1% 101.9%" "$work/bands" || fail "rows"
grep -q "          sum: {warn: " "$work/bands" || fail "sum"
{ cat "$site/sources.yaml"; grep -v '^  #' "$work/bands"; } >"$work/y"
cp "$work/y" "$site/sources.yaml"
m check
case $s in 0 | 106) ;; *) fail "check of the pasted bands: $s" ;; esac
put 20260307 100 10.1
m ingest; [ $s = 0 ] || fail "the usual is stopped: $s"
put 20260308 70 10
m ingest; [ $s = 1 ] || fail "70 rows pass: $s"
grep -q "70 行，是上一次（100 行）的 70.00%" "$work/err" || fail "words"
m sources bands nothing; [ $s = 33 ] || fail "unknown source: $s"
