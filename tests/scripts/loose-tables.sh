#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# match and dedupe on short tables as people have them: which columns are compared, what is said, and that a handful of rows is not trained into nonsense.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mopai() { "$MOPAI_BIN" "$@" >"$work/out" 2>"$work/said" || { echo "exit $?: $*"; cat "$work/said"; exit 1; }; }
says() { grep -q -- "$1" "$work/said" || { echo "not said: $1"; cat "$work/said"; exit 1; }; }
never() { if grep -q -- "$1" "$work/said"; then echo "said: $1"; cat "$work/said"; exit 1; fi; }
refuses() {
    want=$1; shift
    code=0; "$MOPAI_BIN" "$@" >"$work/out" 2>"$work/said" || code=$?
    [ "$code" -eq 32 ] || { echo "exit $code, not 32: $*"; exit 1; }
    says "$want"
}

# headers in initials; a number lost in a spreadsheet is told; dates written out
printf '姓名,身份证号,出生日期,电话\n张三,120194198001020013,1980年1月2日,15412345678\n李四,1.20194197505060E+17,1975年5月6日,154-1234-5679\n' >"$work/a.csv"
printf 'XM;SFZH;CSRQ;LXDH\n张三;120194198001020013;19800102;15412345678\n李四;;19750506;15412345679\n' | iconv -f UTF-8 -t GB18030 >"$work/b.csv"
mopai match "$work/a.csv" "$work/b.csv"
says '身份证号=SFZH:id,姓名=XM:name,出生日期=CSRQ:date,电话=LXDH:phone'
says '“身份证号”有 1 格被电子表格改成了数值'
says 'A 共 2 行，命中 2 行'

# a card's last day is not a birth date
printf '姓名,有效期\n张三,2030-01-02\n' >"$work/card.csv"
mopai match "$work/a.csv" "$work/card.csv"
never '有效期'

# nothing that tells persons apart; no rows
printf '性别\n男\n男\n男\n' >"$work/sex.csv"
refuses '没有认出能分清人的列' dedupe "$work/sex.csv"
printf '姓名,身份证号\n' >"$work/none.csv"
refuses '没有数据行' dedupe "$work/none.csv"

# three rows: to differ speaks against, whatever the table; the threshold asks for an even chance at least
printf 'given_name,surname,dob,suburb\njohn,smith,19800102,richmond\njon,smith,19800102,richmond\nmary,jones,19700203,perth\n' >"$work/l.csv"
mopai dedupe "$work/l.csv"
never '不同 +'
says '3 行是 2 个人'
printf '姓名,备注名\n王五,\n,甲\n赵六,乙\n' >"$work/thin.csv"
mopai dedupe "$work/thin.csv"
says '3 行是 3 个人'

# a birth month is a birth date, and of two addresses one is compared: they agree for a whole family
printf '姓名,出生日期,户籍地址,现住址\n张三,1980-01-02,青禾路1号,青禾路1号\n李四,1975-05-06,青禾路2号,青禾路2号\n' >"$work/p.csv"
printf '姓名,出生年月,户籍地址,现住址\n张三,1980.1,青禾路1号,青禾路1号\n李四,197505,青禾路2号,青禾路2号\n' >"$work/q.csv"
mopai match "$work/p.csv" "$work/q.csv"
says '出生日期=出生年月:date,户籍地址:address$'

# short American headers; the answer alone when asked to be quiet
printf 'first,last,birth,zip\nJohn,Smith,03/04/1970,10001\nJon,Smith,03/04/1970,10001\nMary,Jones,12/25/1980,94110\n' >"$work/us.csv"
mopai dedupe "$work/us.csv"
says 'first:latin,last:latin'
mopai -q dedupe "$work/us.csv" --review "$work/grey.csv"
[ ! -s "$work/said" ] && [ "$(wc -l <"$work/out")" -eq 4 ] || { echo "not quiet:"; cat "$work/said"; exit 1; }
mopai -q match "$work/us.csv" "$work/us.csv"
[ ! -s "$work/said" ] || { echo "not quiet:"; cat "$work/said"; exit 1; }
