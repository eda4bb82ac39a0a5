#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A column that nothing obliges to be there is renamed by its department: the file is taken, and the column's loss is said with the new header that is meant.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
MOPAI_CLOCK=2026-03-02T02:00:00
export MOPAI_CLOCK
site=$work/site
new_site "$site"
cat >>"$site/sources.yaml" <<'YAML'

  - id: list
    label: 名单
    department: 民政局
    files: ["list_{date}.csv"]
    kind: snapshot
    key: [编号]
    columns:
      编号: {type: token}
      月收入: {type: money}
      备注: {type: text}
YAML
printf '编号,月收入,备注\n1,100,x\n2,200,y\n' >"$site/inbox/list_20260301.csv"
mopai -C "$site" ingest >"$work/first" 2>&1
printf '编号,家庭月均收入,街道\n1,100,x\n2,200,y\n' >"$site/inbox/list_20260302.csv"
mopai -C "$site" ingest >"$work/second" 2>&1
grep -q 'list_20260302.csv：表头里没有“月收入”了（list_20260301.csv 里在第 2 列）.*新表头“家庭月均收入”是不是改了名' "$work/second" || { cat "$work/second"; exit 1; }
grep -q '表头里没有“备注”了（list_20260301.csv 里在第 3 列），这一列全部成为未知；请向部门核实' "$work/second" || { cat "$work/second"; exit 1; }
! grep -q '表头里没有' "$work/first"
