#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What goes wrong on an ordinary day ends with the right exit code and a message that says what to do, in both languages; every row stays accounted for.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
MOPAI_CLOCK=2026-03-02T02:00:00
export MOPAI_CLOCK
site=$work/site

# expect CODE TEXT COMMAND...: its exit code, and a text it must print (extended expression)
expect() {
    _code=$1 _text=$2
    shift 2
    _got=0
    "$@" >"$work/said" 2>&1 || _got=$?
    [ "$_got" -eq "$_code" ] && grep -Eq -e "$_text" "$work/said" && return 0
    echo "$*"
    echo "wanted exit $_code and '$_text', got exit $_got and:"
    cat "$work/said"
    exit 1
}
m() { "$MOPAI_BIN" -C "$site" "$@"; }
e() { "$MOPAI_BIN" -C "$site" --lang en "$@"; }
new_source_site() {
    rm -rf "$site"
    new_site "$site"
    cat >>"$site/sources.yaml" <<'YAML'

  - id: list
    label: 名单
    department: 民政局
    files: ["list_{date}.csv"]
    kind: snapshot
    key: [编号]
    person: {id: 身份证号, name: 姓名}
    columns:
      编号: {type: token}
      姓名: {type: name, required: true}
      身份证号: {type: id_number, required: true}

  - id: fee
    label: 缴费
    department: 民政局
    files: ["fee_{month}.csv"]
    kind: period
    period: 月份
    key: [编号, 月份]
    columns:
      编号: {type: token}
      月份: {type: month}
YAML
}
rows='编号,姓名,身份证号\n1,王德明,12019419610305001X\n2,李桂英,120194196307120024\n'

# the command line
expect 2 '命令 run 没有选项 --as-off；见 mopai run --help' "$MOPAI_BIN" run --as-off
expect 2 'run has no option --as-off; see mopai run --help' "$MOPAI_BIN" --lang en run --as-off
expect 2 'rules 后面要写 check、.*scorecard.*之一' "$MOPAI_BIN" rules
expect 2 '多余的参数“foo”' "$MOPAI_BIN" status foo
expect 13 '/nonexistent.*没有 sources.yaml' "$MOPAI_BIN" -C /nonexistent run
expect 30 '没有这个文件或目录' "$MOPAI_BIN" match "$work/none.csv" "$work/none.csv"
printf 'a,b\n1,2\n' >"$work/a.csv"
printf 'c,d\n1,2\n' >"$work/c.csv"
expect 32 '没有认出能分清人的列' "$MOPAI_BIN" match "$work/a.csv" "$work/c.csv"
printf '\357\273\277\n\n' >"$work/blank.csv"
: >"$work/empty.csv"
expect 32 'empty.csv：文件是空的' "$MOPAI_BIN" match "$work/empty.csv" "$work/a.csv"
expect 32 'blank.csv：文件是空的' "$MOPAI_BIN" match "$work/blank.csv" "$work/a.csv"
printf '%%PDF-1.4\n' >"$work/a.pdf"
expect 31 'a.pdf 是 PDF' "$MOPAI_BIN" match "$work/a.pdf" "$work/a.csv"

# a ledger killed at birth, by a full disk for one: nothing to restore
"$MOPAI_BIN" init "$work/born" >/dev/null
: >"$work/born/store/ledger.db"
expect 30 '第一夜没有跑成' "$MOPAI_BIN" -C "$work/born" verify

# the inbox
new_source_site
: >"$site/inbox/list_20260225.csv"
expect 107 '文件是空的' m ingest
rm "$site"/inbox/*
printf '编号,姓名,身份证号\n' >"$site/inbox/list_20260226.csv"
expect 102 '没有数据行 0 行，允许 ≥ 1' m ingest
rm "$site"/inbox/*
# shellcheck disable=SC2059
printf "$rows" >"$site/inbox/list_20260301.csv"
expect 0 '接收完成' m ingest
cp "$site/inbox/list_20260301.csv" "$site/inbox/list_20260302.csv"
expect 106 'list_20260302.csv：内容与交付 3 的 list_20260301.csv 完全相同，按新的数据日期接收' m ingest
cp "$site/inbox/list_20260301.csv" "$site/inbox/list_20260303.csv"
expect 106 'list_20260303.csv: the content of delivery 3, file list_20260301.csv, unchanged; taken' e ingest
expect 0 '接收完成' m ingest
cp "$site/inbox/list_20260301.csv" "$site/inbox/list_20260301(1).csv"
expect 106 '内容与交付 3 的 list_20260301.csv 完全相同，不再接收' m ingest
rm "$site"/inbox/*
expect 2 '不能放行' m deliveries accept 3 --reason x
expect 33 '没有交付 99' m deliveries show 99

# a month's file under another month's name
printf '编号,月份\n1,202602\n' >"$site/inbox/fee_202512.csv"
expect 106 'fee_202512.csv）：文件名说的是 2025-12，行里却是 2026-02' m ingest
rm "$site"/inbox/*

# a window of the rules that reaches further back than people are kept
chmod 700 "$site"
sed -i 's/^keep: 15个月/keep: 3个月/' "$site/people.yaml"
expect 106 'people.yaml 的 keep 是 3个月，短于规则里最长的观察期（372天）.*请改成 12个月以上' m check
expect 1 'keep in people.yaml is 3 months, shorter' e run --dry-run
sed -i 's/^keep: 3个月/keep: 15个月/' "$site/people.yaml"
expect 0 '没有错误' m check

# days: a typing error must not end the site's life
expect 2 '2999-01-01 离最新的数据（2026-03-0.）太远' m run --as-of 2999-01-01
expect 2 'newest data \(2026-03-0.\)' env MOPAI_CLOCK=2099-03-02T02:00:00 "$MOPAI_BIN" -C "$site" --lang en run
# shellcheck disable=SC2059
printf "$rows"'3,赵六,\n' >"$site/inbox/list_20990301.csv"
expect 106 '数据日期 2099-03-01 在将来' m ingest
rm "$site"/inbox/*

# the department learns of the file that was refused whole
printf '编号,姓名\n1,王德明\n' >"$site/inbox/list_20260305.csv"
expect 1 '缺少必需的列“身份证号”' m run
expect 0 '整份拒收（list_20260305.csv：.*缺少必需的列' cat "$site/reports/latest/departments/民政局.csv"
expect 0 '拒收.*缺少必需的列' cat "$site/reports/latest/quality.csv"
rm "$site"/inbox/*

# a person who types a number wrong
expect 0 '已经完成，没有新内容' m run
expect 33 'W-000123-K' m explain W-1
expect 33 '没有编号为 H-1 的户' m explain household H-1
expect 32 '前 30 行里没有找到表头' m visits import "$work/a.csv"
expect 0 '0 个问题' m verify

# nobody is found when no register says that it finds persons, and the night says so; into one file, the warning stands behind the answer
rm -rf "$site"
new_site "$site"
mkdir "$work/none"
m run >"$work/none/out" 2>&1 || true
grep -q '没有认出一个人' "$work/none/out" && { echo "an empty inbox has nobody to miss"; exit 1; }
new_source_site
# shellcheck disable=SC2059
printf "$rows" >"$site/inbox/list_20260228.csv"
expect 1 '读入 2 条记录，没有认出一个人.*registers: persons' m run
sed -n '1,/^提醒/p' "$work/said" | grep -q '^首页' || { echo "a warning in the middle of the answer:"; head -60 "$work/said"; exit 1; }

# many errors in one file: whole ones are shown, the others counted
new_source_site
sed -i 's/^\( *\)type: /\1typo: /; s/{type: /{typo: /' "$site/sources.yaml"
expect 10 '^（另有 [0-9]+ 条问题未列出）' m check

# a small town without one assisted: held until people accept that there is nobody, no news the week after
new_source_site
printf '编号,姓名,身份证号\n' >"$site/inbox/list_20260220.csv"
expect 102 '没有数据行 0 行，允许 ≥ 1' m ingest
expect 0 '' m deliveries accept 1 --reason "本月无人"
printf '编号,姓名,身份证号 \n' >"$site/inbox/list_20260227.csv"
expect 0 '接收完成' m ingest
# shellcheck disable=SC2059
printf "$rows" >"$site/inbox/list_20260228.csv"
expect 0 '接收完成' m ingest
printf '编号,姓名,身份证号  \n' >"$site/inbox/list_20260301.csv"
expect 102 '没有数据行 0 行，允许 ≥ 1' m ingest
