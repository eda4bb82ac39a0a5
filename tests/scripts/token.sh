#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two departments make tokens of their lists under one secret; the lists link about as well as the raw ones, hold nothing raw, and not at all under two secrets.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
mkdir "$work/keys" "$work/out"

# 300 persons; B has the first 200 of them and 100 others. Of the common ones B lacks every 10th number and has a wrong digit in every 25th; every 20th name is
# a homophone. The number in column 备注 tells who is who.
awk -v a="$work/a.csv" -v b="$work/b.csv" 'BEGIN {
    split("王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗", surname, " ")
    split("伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀 霞 平 刚 桂 英 华", given, " ")
    split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", weight, " ")
    print "姓名,身份证号,出生日期,备注" > a
    print "姓名,身份证号,出生日期,备注" > b
    for (i = 1; i <= 400; i++) {
        name = surname[i % 20 + 1] given[i * 7 % 24 + 1] given[int(i * 11 / 3) % 24 + 1]
        date = sprintf("%04d%02d%02d", 1935 + i * 13 % 60, i * 5 % 12 + 1, i * 7 % 28 + 1)
        seventeen = "120194" date sprintf("%03d", i)
        sum = 0
        for (k = 1; k <= 17; k++) sum += substr(seventeen, k, 1) * weight[k]
        id = seventeen substr("10X98765432", sum % 11 + 1, 1)
        if (i <= 300) print name "," id "," date "," i > a
        if (i > 200 && i <= 300) continue
        if (i <= 200 && i % 10 == 0) id = ""
        else if (i <= 200 && i % 25 == 0) id = substr(id, 1, 16) (substr(id, 17, 1) + 1) % 10 substr(id, 18)
        if (i % 20 == 1) sub(given[i * 7 % 24 + 1], "玮", name)
        print name "," id "," date "," i > b
    }
}'
mopai token --new-key "$work/keys/shared" >/dev/null
mopai token --new-key "$work/keys/other" >/dev/null
for side in a b; do
    mopai token "$work/$side.csv" --key "$work/keys/shared" --keep 备注 -o "$work/out/$side.csv" 2>"$work/$side.log"
done
grep -q '密钥指纹\|key fingerprint' "$work/a.log"
mopai token "$work/b.csv" --key "$work/keys/other" --keep 备注 -o "$work/out/other.csv" 2>/dev/null
# nothing raw, and the same bytes again
if grep -q -e 王 -e 李 -e ',120194' "$work/out/a.csv"; then echo 'raw values in the tokens'; exit 1; fi
mopai token "$work/a.csv" --key "$work/keys/shared" --keep 备注 -o "$work/out/again.csv" 2>/dev/null
cmp "$work/out/a.csv" "$work/out/again.csv"

# right and wrong pairs of a result: column 备注 of A and of B
pairs() {
    awk -F, '{ sub(/\r$/, "") } NR == 1 { sub(/^\357\273\277/, ""); for (i = 1; i <= NF; i++) { if ($i == "备注") a = i; if ($i == "B.备注") b = i; if ($i == "matched") m = i } next }
             $m == 1 { if ($a == $b) right++; else wrong++ } END { print right + 0, wrong + 0 }' "$1"
}
by='证件号代号:id,人员特征码:clk'
mopai match "$work/a.csv" "$work/b.csv" --by '姓名:name,身份证号:id,出生日期:date' -o "$work/raw.csv" 2>"$work/raw.log"
mopai match "$work/out/a.csv" "$work/out/b.csv" --by "$by" -o "$work/tokens.csv" 2>"$work/tokens.log"
mopai match "$work/out/a.csv" "$work/out/other.csv" --by "$by" -o "$work/apart.csv" 2>"$work/apart.log" || true
raw=$(pairs "$work/raw.csv")
tokens=$(pairs "$work/tokens.csv")
echo "200 common persons: raw $raw, tokens $tokens (right wrong)"
[ "${tokens% *}" -ge 190 ] && [ "${tokens#* }" -le 2 ] || { cat "$work/tokens.log"; exit 1; }
[ "${tokens% *}" -ge $((${raw% *} - 10)) ]
[ ! -f "$work/apart.csv" ] || [ "$(pairs "$work/apart.csv" | awk '{ print $1 + $2 }')" -le 2 ]

# what must be refused
refused() { if "$MOPAI_BIN" "$@" >/dev/null 2>&1; then echo "not refused: $*"; exit 1; fi; }
refused token "$work/a.csv" -o "$work/out/x.csv"
refused token "$work/a.csv" --key "$work/keys/shared" -o "$work/keys/x.csv"
refused token "$work/a.csv" --key "$work/keys/shared" --keep 姓名 -o "$work/out/x.csv"
refused token --new-key "$work/keys/shared"
echo short >"$work/keys/short"
refused token "$work/a.csv" --key "$work/keys/short" -o "$work/out/x.csv"
[ ! -e "$work/out/x.csv" ]
