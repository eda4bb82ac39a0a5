#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Lists of a few rows at first sight: strangers who share a birthday, a phone or an address are not one person; who writes a name otherwise is.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
try() { # NAME CLUSTERS: dedupe of standard input, the cluster numbers in order
    cat >"$dir/$1.csv"
    got=$("$MOPAI_BIN" dedupe "$dir/$1.csv" 2>/dev/null | awk -F, 'NR > 1 { print $(NF - 1) }' | tr '\n' ' ')
    [ "$got" = "$2 " ] || { echo "$1: clusters $got, not $2"; exit 1; }
}
try birthday "1 2 3 4" <<END
姓名,出生日期
王建国,1965-03-12
李秀英,1965-03-12
张伟,1965-03-12
刘洋,1990-05-05
END
try latin "1 1 2 1 3 4" <<END
name,dob,city
John Smith,1980-01-02,Leeds
Jon Smith,1980-01-02,Leeds
Mary Jones,1980-01-02,York
Smith John,1980-01-02,Leeds
Peter Brown,1975-05-05,Leeds
Paul Green,1975-05-05,Leeds
END
try minority "1 1 2 2 2 3" <<END
姓名,性别,出生年月
阿不都热合曼·买买提,男,1980-03
阿卜杜热合曼·麦麦提,男,1980-03
古丽巴哈尔·吐尔逊,女,1992-07
古丽巴哈尔•吐尔逊,女,1992-07
古丽巴哈尔吐尔逊,女,199207
买买提·艾力,男,1980-03
END
try home "1 2 1 3 3" <<END
姓名,电话,住址
张大山,13800000001,幸福里3号楼2单元501
李桂花,13800000001,幸福里3号楼2单元501
张大山,13800000001,幸福里3-2-501
王刚,,向阳村5组
王刚,,向阳村5组
END
# siblings and twins differ in one character; who writes it as it sounds or looks is the same
try siblings "1 2 3 4" <<END
姓名,性别,出生日期,电话,住址
张伟明,男,2010-03-05,15412345678,幸福里3号楼2门501
张伟亮,男,2012-07-19,15412345678,幸福里3号楼2门501
李芳,女,1980-01-02,15499990000,和平里1号楼1门101
王强,男,1975-05-06,15433332222,东风里2号楼3门302
END
try twins "1 2 3 3" <<END
姓名,出生日期,电话,住址
张伟明,2010-03-05,15412345678,幸福里3号楼2门501
张伟亮,2010-03-05,15412345678,幸福里3号楼2门501
李芳,1980-01-02,15499990000,和平里1号楼1门101
李方,1980-01-02,15499990000,和平里1号楼1门101
END
try twins-alone "1 2 3" <<END
姓名,出生日期
张伟明,2010-03-05
张伟亮,2010-03-05
李芳,1980-01-02
END
try number "1 1 2" <<END
姓名,身份证号,电话
张伟明,120194201003050018,15412345678
张伟亮,120194201003050018,15412345678
李芳,120194198001020021,15499990000
END
# totals and signatures are nobody; they are told of
try totals "1 2 3" <<END
序号,姓名,身份证号,金额
1,张伟明,120194201003050018,100
2,李芳,120194198001020021,200
小计,,,300
3,王强,120194197505060035,50
4,合 计：,3人,350
填表人：某某,,,
END
LC_ALL=zh_CN.UTF-8 "$MOPAI_BIN" --lang zh dedupe "$dir/totals.csv" 2>&1 >/dev/null | grep -q '3 行数据，3 行是合计或落款，没有当作人（头一个在第 4 行）' || { echo "totals are not told of"; exit 1; }
try text "1 1 2 3" <<END
姓名,困难情况
王小明,父亲患尿毒症，每周透析三次，家中无劳动力
王晓明,父亲尿毒症每周透析3次，家中没有劳动力
李四,独居老人，子女在外地
赵五,独居老人，子女在外地
END
# ten rows against ten, the same birthdays under other names: only who is the same is found
i=0
echo '姓名,出生日期' >"$dir/a.csv"
echo '姓名,出生日期' >"$dir/b.csv"
for name in 王建国/孙强 李秀英/马超 张伟/朱琳 刘洋/刘洋 陈静/胡军 杨勇/郭涛 赵敏/赵敏 黄丽/何梅 周杰/周杰 吴芳/吴芬; do
    i=$((i + 1))
    echo "${name%/*},19$((60 + i * 3))-0$((i % 9 + 1))-1$((i % 10))" >>"$dir/a.csv"
    echo "${name#*/},19$((60 + i * 3))-0$((i % 9 + 1))-1$((i % 10))" >>"$dir/b.csv"
done
got=$("$MOPAI_BIN" match "$dir/a.csv" "$dir/b.csv" 2>/dev/null | awk -F, 'NR > 1 { printf "%s", $3 }')
[ "$got" = 0001001011 ] || { echo "ten against ten: $got"; exit 1; }
