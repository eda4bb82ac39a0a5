#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The demonstration: a small invented district, three nights a week apart, a round of visits before the third.
# usage: demo.sh [BUILD_DIR], from the repository root. Writes only under build/demo, or $DEMO_DIR.
set -eu
build=${1:-build/release}
dir=${DEMO_DIR:-build/demo}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
bin="$PWD/$build/mopai"
site="$dir/site"
export MOPAI_KEY="$dir/key" TZ=Asia/Shanghai
rm -rf "$site" "$dir/exports" "$dir/back" "$dir/key"

step() { printf '\n== %s\n' "$*"; }
# 1 and 100-127 mean done, with warnings; they are shown and are no failure
mopai() {
    "$bin" -C "$site" "$@" && return 0
    _status=$?
    case $_status in 1 | 1[012][0-9]) return 0 ;; esac
    echo "demo: mopai $* ended with $_status" >&2
    return $_status
}
at() { MOPAI_CLOCK="$1" && export MOPAI_CLOCK; }

step "写出一个虚构小区县三夜的部门导出 / exports of an invented district"
"$PWD/$build/mopai-gen" --demo --out "$dir/exports"
mkdir -p "$site"
cp fixtures/site/* "$site/"
at 2026-03-01T09:00:00
"$bin" init "$site" >/dev/null
ls "$dir/exports/night-1" | sed 's/^/   /'

night() { # night NUMBER DATE
    step "第 $1 夜 / night $1, $2"
    cp "$dir/exports/night-$1"/* "$site/inbox/"
    at "${2}T02:00:00"
    mopai run
}

night 1 2026-03-02
step "第一夜全部暂扣，看过首页后放行 / the first night is held; looked at, then released"
at 2026-03-02T09:30:00
mopai release

night 2 2026-03-09
step "新的一周，放行上周排不下的 / a new week: what last week had no room for"
at 2026-03-09T09:30:00
mopai release
step "街道走访，填表，交回 / the streets visit, fill in the lists and send them back"
mkdir -p "$dir/back"
at 2026-03-12T16:00:00

# The pen of a street worker: CSV of a list in, the same with dates, visitor and outcomes out. One row stays blank (nobody was there to be asked). In the first
# street (`slip`) the second outcome is misspelt, the third visit is put off, the fourth household has moved to the other street, the fifth has another
# address, and the sixth row turns out to be about somebody else.
fill() {
    awk -v slip="$1" -v name="$2" '
        function cells(line, out,   n, i, c, field, quoted) {
            n = 0; field = ""; quoted = 0
            for (i = 1; i <= length(line); i++) {
                c = substr(line, i, 1)
                if (quoted) {
                    if (c == "\"" && substr(line, i + 1, 1) == "\"") { field = field c; i++ }
                    else if (c == "\"") quoted = 0
                    else field = field c
                } else if (c == "\"") quoted = 1
                else if (c == ",") { out[++n] = field; field = "" }
                else field = field c
            }
            out[++n] = field
            return n
        }
        BEGIN { outcomes = split("纳入低保 已有保障 无法联系 临时救助 数据过期 家庭可承受 转介", outcome, " ") }
        {
            sub(/\r$/, "")
            n = cells($0, f)
            if (!head) {
                for (i = 1; i <= n; i++) at[f[i]] = i
                head = at["预警编号"] ? NR : 0
            } else if (f[at["预警编号"]] ~ /^W-/) {
                rows++
                if (slip && at["暂缓延期至"] && rows == 3) {
                    f[at["核查结果"]] = "暂缓"; f[at["暂缓延期至"]] = "2026-04-10"; f[at["备注"]] = "户主住院"
                } else if (slip && at["退回去向"] && rows == 4) {
                    f[at["核查结果"]] = "退回"; f[at["退回去向"]] = "柳岸街道"; f[at["备注"]] = "已搬到柳岸"
                } else if (rows % 8 != 7) {
                    f[at["走访日期"]] = "2026-03-1" (rows % 3)
                    f[at["走访人"]] = name
                    f[at["核查结果"]] = slip && rows == 2 ? "纳入底保" : slip && rows == 6 ? "串人" : outcome[rows % outcomes + 1]
                    if (slip && at["新住址"] && rows == 5) { f[at["新住址"]] = "望秋区青禾街道枫桥社区松涛里8号楼1门101号"; f[at["核实人均月收入"]] = "860" }
                }
            }
            for (i = 1; i <= n; i++) { gsub(/"/, "\"\"", f[i]); printf "%s\"%s\"", (i > 1 ? "," : ""), f[i] }
            printf "\r\n"
        }'
}

if command -v soffice >/dev/null 2>&1; then
    # as people do it: the workbook opened, saved as CSV
    mkdir -p "$dir/office"
    for list in "$site"/reports/latest/streets/*.xlsx; do
        cp "$list" "$dir/office/"
    done
    HOME="$dir/office" soffice --headless --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76,1' --outdir "$dir/office" \
        "$dir"/office/*.xlsx >"$dir/office/log" 2>&1 || { cat "$dir/office/log" >&2; exit 1; }
else
    # no office program here: the same columns, the warnings looked up person by person
    mkdir -p "$dir/office"
    {
        echo '预警编号,走访日期,走访人,核查结果'
        tail -n +2 "$dir/exports/truth/cases.csv" | cut -d, -f8 | while read -r id; do
            "$bin" -C "$site" explain person "$id" | sed -n 's/^  \(W-[0-9]*-[0-9A-Z]\)  R.*\(列入清单\|变化\).*/\1,,,/p'
        done | sort -u
    } >"$dir/office/各街道.csv"
fi
slip=1
for list in "$dir"/office/*.csv; do
    fill $slip "网格员$slip" <"$list" >"$dir/back/$(basename "$list" .csv)-回填.csv"
    slip=0
done
if command -v soffice >/dev/null 2>&1; then
    # and saved as a workbook again: what comes back is LibreOffice's file, not ours
    HOME="$dir/office" soffice --headless --convert-to xlsx --infilter='CSV:44,34,76,1' --outdir "$dir/back" "$dir"/back/*.csv >"$dir/office/log" 2>&1 ||
        { cat "$dir/office/log" >&2; exit 1; }
    rm -f "$dir"/back/*.csv
fi
for back in "$dir"/back/*; do
    mopai visits import "$back"
done
for refused in "$dir"/back/*refused*.csv; do
    if [ -f "$refused" ]; then
        step "错字改正后再交 / the misspelt row corrected and sent again"
        sed 's/纳入底保/纳入低保/' "$refused" >"$dir/back/更正.csv"
        mopai visits import "$dir/back/更正.csv"
    fi
done

night 3 2026-03-16

step "走访回来之后，这一夜怎么办 / what the visits changed this night"
query() { "$bin" -C "$site" sql "$1" | sed 's/^/   /'; }
query "SELECT 原因 AS 未另派的原因, count(*) AS 条数 FROM hits WHERE 处置 = '未另派' GROUP BY 原因 ORDER BY 2 DESC, 1 LIMIT 8"
query "SELECT e.预警号, e.事件, e.细节, w.状态 AS 现状, w.街道 AS 现街道 FROM warning_events e JOIN warnings w ON w.预警号 = e.预警号 WHERE e.事件 IN ('暂缓', '退回')"
query "SELECT 预警号, 结果 FROM visits WHERE 结果 IN ('串人', '数据过期')"
moved=$(ls "$site"/store/found/*.csv 2>/dev/null | head -1)
if [ -n "$moved" ]; then
    who=$(sed -n '2s/^[^,]*,[^,]*,[^,]*,[^,]*,"\{0,1\}\([0-9X]*\).*/\1/p' "$moved")
    "$bin" -C "$site" explain person "$who" | grep '走访_' | sed 's/^ */   走访核实：/'
    "$bin" -C "$site" explain household "$who" | sed -n 's/^ *\(区划\|地址\)：/   走访核实：&/p' | sed 's/核实： */核实：/'
fi

step "发现了什么 / what was found"
mopai status | sed -n '/^预警/p'
printf '   等级    新增    在办    暂扣    未另派\n'
sed 's/<\/tr>/\n/g' "$site/reports/latest/index.html" | sed -n 's/.*<tr><th scope="row"><b class="lv[^>]*>\([^<]*\)<\/b><\/th>\(.*\)/\1\2/p' |
    sed 's/<td class="wide">.*//; s/<[^>]*>/ /g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' | awk '{ printf "   %s", $1; for (i = 2; i <= 5; i++) printf "%8s", $i; print "" }'

step "东西在哪里 / where things are"
latest=$(cd "$site/reports/latest" && pwd -P)
echo "   首页 page      $latest/index.html"
for list in "$latest"/streets/*.xlsx "$latest"/district.xlsx; do
    echo "   清单 list      $list"
done
echo "   站点 site      $site   （$build/mopai -C $site --help）"
echo "   埋下的情形 planted cases   $dir/exports/truth/cases.csv"
id=$(sed -n 's/^R02-6,.*,\([0-9X]\{18\}\),.*/\1/p' "$dir/exports/truth/cases.csv")
number=$("$bin" -C "$site" explain person "$id" | sed -n 's/^  \(W-[0-9]*-[0-9A-Z]\)  R02 .*/\1/p' | head -1)
[ -z "$number" ] || echo "   为什么 why     MOPAI_KEY=$MOPAI_KEY $build/mopai -C $site explain $number"
