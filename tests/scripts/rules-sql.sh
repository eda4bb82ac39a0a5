#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rules sql: what it writes, run by mopai sql, gives the hits of the night with their levels and scores, and as many unknowns; an intermediate table can be looked at.
set -eu
top=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site=$work/site
new_site "$site"
# besides the site's rules: windows, changes, gaps, first ones, a parameter by area, refunds
cat >>"$site/rules.yaml" <<'RULES'

  - {id: T1, name: 断缴, for: 人, status: shadow, basis: 试, when: [人.试断缴 >= 2个月, 年龄 在 18..60], level: {黄: 人.试断缴 >= 5个月, 蓝: 其他}}

  - {id: T2, name: 曾, for: 户, status: shadow, basis: 试, justify: 试, when: ["成员 有 (曾 残疾等级 在 (三级, 四级) 于 1年内 或 残疾等级 首次 于 60天内)"], unless: [户.试险种数 >= 2], level: {蓝: 其他}}

  - {id: T3, name: 最大, for: 户, status: shadow, basis: 试, when: [户.试最大一笔 >= 1万元, 户.试最大一笔 / 户.近12月自付 > 50%], level: {黄: 成员 数 (年龄 >= 60) >= 1, 蓝: 其他}}
RULES
awk '/^rules:/ { print "  人.试断缴: {gap: 社保缴费.所属期, last: 12个月}\n  户.试险种数: {distinct: 医疗结算.险种, date: 结算日期, last: 本年}\n  户.试最大一笔: {max: 医疗结算.自付金额, date: 结算日期, last: 12个月}" } { print }' "$site/rules.yaml" >"$work/rules.yaml"
cp "$work/rules.yaml" "$site/rules.yaml"
deliver "$site" 1
run_night "$site" 1
deliver "$site" 2
run_night "$site" 2
export MOPAI_CLOCK=2026-03-30T12:00:00

bom=$(printf '\357\273\277')
plain() { LC_ALL=C sed "s/^$bom//" | tr -d '\r'; } # without what spreadsheets want
mopai -C "$site" rules sql --all >"$work/all.sql"
mopai -C "$site" sql --csv -f "$work/all.sql" | plain | grep -v '^规则,' >"$work/every"
# drafts are written too, and did not run that night
mopai -C "$site" sql --csv "SELECT 规则 FROM 规则结果" | plain | sed 1d >"$work/ran"
awk -F, 'NR == FNR { ran[$1] = 1; next } ran[$1]' "$work/ran" "$work/every" >"$work/rows"

# every hit, by the row of who it is about
awk -F, '$4 == "成立" { print $1 "," ($2 == "" ? "h" $3 : "p" $2) "," $5 "," $7 }' "$work/rows" | sort >"$work/have"
mopai -C "$site" sql --csv "SELECT 规则, CASE 对象 WHEN '户' THEN 'h' || 户序 ELSE 'p' || 人序 END, 级别, 得分 FROM 命中" | plain | sed 1d | sort >"$work/want"
[ "$(cut -d, -f1 "$work/want" | sort -u | wc -l)" -ge 10 ] || { echo "too few rules with hits"; cat "$work/want"; exit 1; }
diff "$work/want" "$work/have" || { echo "the SQL does not give the night's hits"; exit 1; }

# as many unknowns, rule by rule
awk -F, '$4 == "未知" { n[$1]++ } END { for (r in n) print r "," n[r] }' "$work/rows" | sort >"$work/have"
mopai -C "$site" sql --csv "SELECT 规则, 未知 FROM 规则结果 WHERE 未知 > 0" | plain | sed 1d | sort >"$work/want"
[ -s "$work/want" ] || { echo "nothing is unknown"; exit 1; }
diff "$work/want" "$work/have" || { echo "the SQL does not give the night's unknowns"; exit 1; }

# one rule; a step of it; parameters of another day; what is not there
mopai -C "$site" rules sql R02 >"$work/one.sql"
sed '/^SELECT /,$d' "$work/one.sql" >"$work/step.sql"
echo 'SELECT count(*), max(lo) FROM "户.近12月自付"' >>"$work/step.sql"
mopai -C "$site" sql --csv -f "$work/step.sql" | plain | tail -1 | grep -q '^1[0-9][0-9],[0-9]*$' || { echo "the step cannot be looked at"; exit 1; }
grep -q '基准日 2026-03-09' "$work/one.sql" || { echo "not of the last night"; exit 1; }
mopai -C "$site" rules sql R02 --as-of 2025-06-30 >"$work/other.sql"
grep -q '2024-07-01 到 2025-06-30' "$work/other.sql" || { echo "not of the day asked for"; exit 1; }
(cd "$work" && "$MOPAI_BIN" rules sql R01) >"$work/shipped.sql" 2>&1 || { echo "no rule without a site"; cat "$work/shipped.sql"; exit 1; }
for wrong in '' R99 'R02 --as-of 1.1.2026'; do
    # shellcheck disable=SC2086
    if "$MOPAI_BIN" -C "$site" rules sql $wrong >/dev/null 2>&1; then echo "'$wrong' was taken"; exit 1; fi
done
echo ok
