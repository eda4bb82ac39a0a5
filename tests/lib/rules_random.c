/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/rules_random.h"

#include <stdio.h>

#include "tests/lib/rules_schema.h"

/* --- text --------------------------------------------------------------------------------------------------------------- */
struct writer {
    struct dice *d;
    struct strbuf *b;
    enum dom dom;
    bool plain; /* within a fact: no facts that count members */
};

#define PICK(w, list) (list)[dice_below((w)->d, (uint32_t)ARRAY_LEN(list))]

static void condition(struct writer *w, int depth);

static const char *const RELOPS[] = {">=", "<=", ">", "<", "=", "!=", "≥", "＜"};
static const char *const DATES[] = {"2026-01-15", "2025-06-30", "今天", "今天 - 90天", "今天-3个月", "今天+1年", "2024-02-29"};
static const char *const SPANS[] = {"90天", "3个月", "1年", "30天", "1天"};
static const char *const GRADES[] = {"一级", "二级", "三级", "四级", "无"};
static const char *const CATEGORIES[] = {"特困", "低保", "低保边缘", "刚性支出", "防返贫", "无"};
static const char *const BENEFITS[] = {"护理补贴", "生活补贴", "低保金", "高龄津贴"};
static const char *const MONEY[] = {"500元", "5000元", "大额自付线", "高额红线", "2 * 大额自付线", "3个月 * 低保标准", "高额红线 / 4", "1.5 * 高额红线", "0元"};
static const char *const HOUSE_MONEY[] = {"户.前几笔", "户.和", "户.大", "户.小", "户.和 + 户.大", "户.和 - 100元", "2 * 户.和", "户.和 / 2", "户.元", "户.首笔", "0.5 * (户.和 + 户.大)", "优先(户.首笔, 户.大)", "优先(户.首笔, 2 * 户.小, 1元)"};
static const char *const PERSON_MONEY[] = {"人.和", "人.大", "人.和 + 10元", "户.和", "户.和 - 人.和"};
static const char *const HOUSE_COUNT[] = {"户.数", "户.人口", "户.成员数", "户.数 + 户.人口", "户.成员数 * 2", "户.均"};
static const char *const GAPS[] = {"0个月", "1个月", "3个月", "6个月"};
static const char *const PEOPLE[] = {"成员", "亡故成员", "原成员"};

static void text(struct writer *w, const char *z) { strbuf_addz(w->b, z); }

static void relation(struct writer *w, const char *left, const char *right) { strbuf_addf(w->b, "%s %s %s", left, PICK(w, RELOPS), right); }

static void house_leaf(struct writer *w)
{
    char number[16];
    snprintf(number, sizeof number, "%u", dice_below(w->d, 5));
    switch (dice_below(w->d, 11)) {
    case 9:
        relation(w, "户.未就医", PICK(w, GAPS));
        break;
    case 10:
        relation(w, "户.险种数", number);
        break;
    case 0:
        relation(w, PICK(w, HOUSE_MONEY), PICK(w, MONEY));
        break;
    case 1:
        relation(w, PICK(w, HOUSE_COUNT), number);
        break;
    case 2:
        strbuf_addf(w->b, "户.在保类别 %s (%s, %s)", dice_chance(w->d, 50) ? "在" : "不在", PICK(w, CATEGORIES), PICK(w, CATEGORIES));
        break;
    case 3:
        strbuf_addf(w->b, "户.在保类别 %s %s", dice_chance(w->d, 50) ? "=" : "!=", PICK(w, CATEGORIES));
        break;
    case 4:
        strbuf_addf(w->b, "%s %s", PICK(w, HOUSE_MONEY), dice_chance(w->d, 50) ? "未知" : "已知");
        break;
    case 5:
        relation(w, "户.收入", dice_chance(w->d, 50) ? "低保标准" : "1.5 * 低保标准");
        break;
    case 6:
        strbuf_addf(w->b, "%s 在 %u..%u", PICK(w, HOUSE_COUNT), dice_below(w->d, 3), dice_below(w->d, 6));
        break;
    case 7:
        text(w, dice_chance(w->d, 50) ? "户.穷" : "户.收入 未知");
        break;
    default:
        relation(w, "户.和 / 户.大", "150%");
        break;
    }
}

static void changed(struct writer *w)
{
    bool grade = dice_chance(w->d, 70);
    const char *what = grade ? "残疾等级" : "就业状态";
    const char *value = grade ? PICK(w, GRADES) : dice_chance(w->d, 50) ? "登记失业" : "已就业";
    switch (dice_below(w->d, 5)) {
    case 0:
        strbuf_addf(w->b, "%s 首次 于 %s内", what, PICK(w, SPANS));
        break;
    case 1:
        strbuf_addf(w->b, "%s 消失 于 %s内", what, PICK(w, SPANS));
        break;
    case 2:
        strbuf_addf(w->b, "曾 %s 在 (%s) 于 %s内", what, value, PICK(w, SPANS));
        break;
    default:
        strbuf_addf(w->b, "残疾等级 变为 (%s, %s) 于 %s内", PICK(w, GRADES), PICK(w, GRADES), PICK(w, SPANS));
        break;
    }
}

static void person_leaf(struct writer *w)
{
    switch (dice_below(w->d, w->plain ? 16 : 17)) {
    case 14:
        relation(w, "人.断发", PICK(w, GAPS));
        break;
    case 15:
        relation(w, "人.月数", "3");
        break;
    case 0:
        text(w, "在世");
        break;
    case 1:
        text(w, dice_chance(w->d, 50) ? "曾有就业" : "人.困");
        break;
    case 2:
        strbuf_addf(w->b, "年龄 在 %u..%u", dice_below(w->d, 30), 18 + dice_below(w->d, 60));
        break;
    case 3:
        relation(w, "年龄", "18");
        break;
    case 4:
        strbuf_addf(w->b, "残疾等级 %s (%s，%s)", dice_chance(w->d, 50) ? "在" : "不在", PICK(w, GRADES), PICK(w, GRADES));
        break;
    case 5:
        strbuf_addf(w->b, "享受待遇 %s %s", dice_chance(w->d, 50) ? "含" : "不含", PICK(w, BENEFITS));
        break;
    case 6:
        relation(w, "死亡日期", PICK(w, DATES));
        break;
    case 7:
        strbuf_addf(w->b, "%s 距今 %s %s", dice_chance(w->d, 50) ? "死亡日期" : "失业登记日期", PICK(w, RELOPS) == RELOPS[5] ? ">" : (dice_chance(w->d, 50) ? "<=" : ">"),
                    PICK(w, SPANS));
        break;
    case 8:
        changed(w);
        break;
    case 9:
        relation(w, "匹配置信", "0.95");
        break;
    case 10:
        relation(w, PICK(w, PERSON_MONEY), PICK(w, MONEY));
        break;
    case 11:
        strbuf_addf(w->b, "残疾证到期日 在 今天..今天+%s", PICK(w, SPANS));
        break;
    case 12:
        strbuf_addf(w->b, "%s %s", dice_chance(w->d, 50) ? "死亡日期" : "享受待遇", dice_chance(w->d, 50) ? "未知" : "已知");
        break;
    case 13:
        strbuf_addf(w->b, "就业状态 %s 登记失业", dice_chance(w->d, 50) ? "=" : "!=");
        break;
    default:
        house_leaf(w);
        break;
    }
}

static void row_leaf(struct writer *w, bool medical)
{
    switch (dice_below(w->d, 5)) {
    case 0:
        relation(w, medical ? "自付金额" : "金额", PICK(w, MONEY) == MONEY[0] ? "100元" : "1000元");
        break;
    case 1:
        text(w, medical ? "险种 = 居民" : "待遇项目 不在 (护理补贴, 低保金)");
        break;
    case 2:
        relation(w, medical ? "结算日期" : "发放月份", medical ? "死亡日期" : "死亡日期.月");
        break;
    case 3:
        relation(w, "年龄", "60");
        break;
    default:
        text(w, medical ? "结算日期.月 > 2025-06" : "发放月份 > 2025-10");
        break;
    }
}

static void fold(struct writer *w, int depth)
{
    enum dom outer = w->dom;
    uint32_t kind = dice_below(w->d, 3);
    strbuf_addf(w->b, "%s %s (", PICK(w, PEOPLE), kind == 0 ? "有" : kind == 1 ? "全是" : "数");
    w->dom = DOM_PERSON;
    condition(w, depth - 1);
    w->dom = outer;
    text(w, kind == 2 ? ") >= 2" : ")");
}

static void condition(struct writer *w, int depth)
{
    uint32_t k = depth > 0 ? dice_below(w->d, 7) : 6;
    if (k <= 1) {
        text(w, "(");
        condition(w, depth - 1);
        text(w, k == 0 ? " 且 " : " 或 ");
        condition(w, depth - 1);
        text(w, ")");
    } else if (k == 2) {
        text(w, "非 (");
        condition(w, depth - 1);
        text(w, ")");
    } else if (k == 3) {
        fold(w, depth);
    } else if (w->dom == DOM_PERSON) {
        person_leaf(w);
    } else {
        house_leaf(w);
    }
}

/* One line as a double-quoted YAML scalar: nothing inside needs an escape. */
static void quoted(struct writer *w, enum dom dom, int depth)
{
    w->dom = dom;
    text(w, "\"");
    condition(w, depth);
    text(w, "\"");
}

static void where(struct writer *w, bool medical)
{
    if (dice_chance(w->d, 50)) {
        text(w, ", where: [\"");
        row_leaf(w, medical);
        text(w, "\"]");
    }
}

static const char *const MONTH_WINDOWS[] = {"6个月", "12个月", "本年", "上年", "上季度"};

static const char *window(struct writer *w)
{
    static const char *const list[] = {", last: 12个月", ", last: 90天", ", last: 1个月", "", "", ", last: 本年", ", last: 上年", ", last: 本季度", ", last: 上季度", ", last: 本月", ", last: 上月"};
    return PICK(w, list);
}

static void facts(struct writer *w)
{
    strbuf_addf(w->b, "facts:\n  户.和: {sum: 医疗结算.自付金额, date: 结算日期%s%s", window(w), dice_chance(w->d, 30) ? ", of: 成员" : "");
    where(w, true);
    strbuf_addf(w->b, "}\n  户.大: {max: 医疗结算.自付金额, date: 结算日期%s", window(w));
    where(w, true);
    strbuf_addf(w->b, "}\n  户.小: {min: 医疗结算.自付金额%s", dice_chance(w->d, 50) ? ", date: 结算日期, last: 6个月" : "");
    strbuf_addf(w->b, "}\n  户.数: {count: 医疗结算, date: 结算日期%s", window(w));
    where(w, true);
    strbuf_addf(w->b, "}\n  人.和: {sum: 待遇发放.金额, date: 发放月份%s", dice_chance(w->d, 50) ? ", last: 6个月" : "");
    where(w, false);
    strbuf_addf(w->b, "}\n  人.大: {max: 待遇发放.金额");
    where(w, false);
    strbuf_addf(w->b, "}\n  户.首笔: {first: 医疗结算.自付金额, date: 结算日期%s", window(w));
    where(w, true);
    strbuf_addf(w->b, "}\n  户.前几笔: {sum: 医疗结算.自付金额, top: %u, date: 结算日期%s", 1 + dice_below(w->d, 3), window(w));
    where(w, true);
    strbuf_addf(w->b, "}\n  户.险种数: {distinct: 医疗结算.险种, date: 结算日期%s", window(w));
    strbuf_addf(w->b, "}\n  人.月数: {distinct: 待遇发放.发放月份, last: %s", PICK(w, MONTH_WINDOWS));
    where(w, false);
    strbuf_addf(w->b, "}\n  人.断发: {gap: 待遇发放.发放月份, last: %s", dice_chance(w->d, 50) ? "6个月" : "24个月");
    where(w, false);
    strbuf_addf(w->b, "}\n  户.未就医: {gap: 医疗结算.结算日期, last: 12个月");
    strbuf_addf(w->b, "}\n  户.收入: {take: 核对结果.人均月收入, date: 核对日期, stale: %s}\n", PICK(w, SPANS));
    text(w, "  户.元: 户.和 + 1元\n  户.均: 户.数 + 户.成员数\n  户.成员数: {count: ");
    text(w, PICK(w, PEOPLE));
    text(w, ", where: [\"在世\", ");
    w->dom = DOM_PERSON;
    text(w, "\"");
    w->plain = true;
    person_leaf(w);
    w->plain = false;
    text(w, "\"]}\n  户.穷: 户.收入 < 低保标准 或 户.人口 > 3\n  人.困: 年龄 > 60 且 户.人口 <= 2\n");
}

static const char PARAMS[] =
    "params:\n"
    "  低保标准: {type: 金额/月, basis: 试, values: [{from: 2020-01-01, value: 900元}, {from: 2025-07-01, value: 1120元}, {from: 2025-07-01, area: \"120194001\", value: 1300元}]}\n"
    "  大额自付线: {type: 金额, basis: 试, by: 户.在保类别, values: [{from: 2020-01-01, table: {特困: 1000元, 低保: 5000元, 低保边缘: 6000元, 刚性支出: 7000元, 防返贫: 8000元, 无: 9000元}},"
    " {from: 2025-01-01, area: \"120194002\", table: {特困: 100元, 低保: 500元, 低保边缘: 600元, 刚性支出: 700元, 防返贫: 800元, 无: 900元}}]}\n"
    "  高额红线: {type: 金额, basis: 试, values: [{from: 2020-01-01, value: 20000元}]}\n";

static void rule(struct writer *w, int i)
{
    bool household = dice_chance(w->d, 50);
    enum dom dom = household ? DOM_HOUSEHOLD : DOM_PERSON;
    strbuf_addf(w->b, "  - id: X%d\n    name: 随机\n    for: %s\n    status: shadow\n    justify: 试\n", i, household ? "户" : "人");
    bool score = dice_chance(w->d, 25);
    if (score) {
        text(w, "    score:\n");
        for (int k = 0; k < 2; k++) {
            strbuf_addf(w->b, "      维%d: {max: 30点, add: [", k);
            for (int j = 0; j < 2; j++) {
                strbuf_addf(w->b, "%s\"%u点 若 ", j ? ", " : "", 10 + dice_below(w->d, 20));
                w->dom = dom;
                condition(w, 1);
                text(w, "\"");
            }
            text(w, "]}\n");
        }
    }
    text(w, "    when:\n");
    for (uint32_t k = 0, n = 1 + dice_below(w->d, 3); k < n; k++) {
        if (dice_chance(w->d, 20)) {
            text(w, "      - any:\n          - ");
            quoted(w, dom, 1);
            text(w, "\n          - ");
        } else {
            text(w, "      - ");
        }
        quoted(w, dom, (int)dice_below(w->d, 3));
        text(w, "\n");
    }
    if (score) {
        strbuf_addf(w->b, "      - 得分 >= %u点\n", dice_below(w->d, 40));
    }
    if (dice_chance(w->d, 30)) {
        text(w, "    unless:\n      - ");
        quoted(w, dom, 1);
        text(w, "\n");
    }
    text(w, "    level:\n      红: ");
    quoted(w, dom, 1);
    text(w, "\n      橙: ");
    quoted(w, dom, 0);
    text(w, "\n      黄: 其他\n    say: \"");
    text(w, household ? "{户.和}，{户.在保类别}" : "{姓名}{残疾等级}{人.和}，{户.和}");
    text(w, "\"\n    evidence: [户.和, 大额自付线, 户.成员数]\n");
}

void random_rules(struct dice *d, int rules, struct strbuf *out)
{
    struct writer w = {.d = d, .b = out};
    text(&w, rules_test_head);
    text(&w, PARAMS);
    facts(&w);
    text(&w, "rules:\n");
    for (int i = 0; i < rules; i++) {
        rule(&w, i);
    }
}

/* --- worlds ------------------------------------------------------------------------------------------------------------- */
static int64_t near_day(struct dice *d, daynum as_of)
{
    static const int edges[] = {0, -1, 1, -89, -90, -91, -365, -366, -30, -31};
    if (dice_chance(d, 30)) {
        return as_of + edges[dice_below(d, (uint32_t)ARRAY_LEN(edges))];
    }
    return as_of - 420 + (int64_t)dice_below(d, 460);
}

static int64_t near_amount(struct dice *d)
{
    static const int64_t edges[] = {0, 100, 50000, 100000, 500000, 499999, 500001, 2000000, -30000, 112000, 168000};
    return dice_chance(d, 50) ? edges[dice_below(d, (uint32_t)ARRAY_LEN(edges))] : (int64_t)dice_below(d, 3000000);
}

static struct val random_value(struct dice *d, const struct rules_schema *s, enum rules_type type, int enumeration, daynum as_of)
{
    if (dice_chance(d, 8)) {
        return type == RT_SET ? val_range(1, 7) : VAL_UNKNOWN;
    }
    switch ((int)type) {
    case RT_BOOL:
        return val_of(dice_chance(d, 70));
    case RT_INT:
        return dice_chance(d, 5) ? VAL_NONE : val_of(dice_chance(d, 40) ? dice_below(d, 5) : dice_below(d, 90));
    case RT_MONEY:
    case RT_MONTHLY:
        return val_of(near_amount(d));
    case RT_DATE:
        return dice_chance(d, 25) ? VAL_NONE : dice_chance(d, 3) ? val_of(DAY_FOREVER) : val_of(near_day(d, as_of));
    case RT_MONTH:
        return val_of(day_month((daynum)near_day(d, as_of)));
    case RT_RATIO:
        return val_of(900000 + (int64_t)dice_below(d, 3) * 50000);
    case RT_ENUM:
        return val_of(dice_below(d, (uint32_t)s->enums[enumeration].n));
    case RT_SET:
        return val_of(dice_below(d, 16));
    default:
        return VAL_UNKNOWN;
    }
}

static void random_rows(struct dice *d, struct arena *a, struct walk_world *w, size_t n)
{
    const struct rules_schema *s = &w->rs->schema;
    struct walk_row *rows = arena_array(a, struct walk_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        int table = (int)dice_below(d, (uint32_t)s->n_tables);
        rows[i] = (struct walk_row){.table = table, .person = RULES_NO_ROW, .household = RULES_NO_ROW};
        if (w->n_persons && !dice_chance(d, 5)) {
            rows[i].person = dice_below(d, w->n_persons);
        }
        if (dice_chance(d, 10)) {
            rows[i].household = dice_below(d, w->n_households);
        }
        for (size_t c = 0; c < s->tables[table].n_columns; c++) {
            const struct rules_column *col = &s->tables[table].columns[c];
            rows[i].cells[c] = random_value(d, s, col->type, col->enumeration, w->as_of);
        }
    }
    w->rows = rows;
    w->n_rows = n;
}

static void random_changes(struct dice *d, struct arena *a, struct walk_world *w)
{
    size_t n = w->n_persons;
    struct walk_change *c = arena_array(a, struct walk_change, n + 1);
    for (size_t i = 0; i < n; i++) {
        c[i] = (struct walk_change){.person = dice_below(d, w->n_persons), .day = (daynum)near_day(d, w->as_of)};
        c[i].attr = w->rs->inputs.n_changes ? w->rs->inputs.changes[dice_below(d, (uint32_t)w->rs->inputs.n_changes)].attr : 0;
        c[i].from = dice_chance(d, 5) ? -1 : (int32_t)dice_below(d, 5);
        c[i].to = dice_chance(d, 5) ? -1 : (int32_t)dice_below(d, 5);
    }
    w->changes = c;
    w->n_changes = n;
}

static uint8_t *random_cover(struct dice *d, struct arena *a, uint32_t n)
{
    uint32_t percent = dice_chance(d, 60) ? 100 : dice_chance(d, 50) ? 0 : 70;
    uint8_t *c = arena_array(a, uint8_t, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        c[i] = dice_chance(d, percent);
    }
    return percent == 100 ? NULL : c;
}

void random_world(struct dice *d, struct arena *a, const struct ruleset *rs, daynum as_of, uint32_t households, size_t rows, struct walk_world *out)
{
    const struct rules_schema *s = &rs->schema;
    *out = (struct walk_world){.rs = rs, .as_of = as_of, .n_households = households};
    uint32_t *sizes = arena_array(a, uint32_t, households + 1);
    for (uint32_t h = 0; h < households; h++) {
        sizes[h] = dice_below(d, 5);
        out->n_persons += sizes[h];
    }
    uint32_t n = out->n_persons;
    uint32_t *household_of = arena_array(a, uint32_t, n + 1);
    uint8_t *member = arena_array(a, uint8_t, n + 1), *open = arena_array(a, uint8_t, households + 1);
    daynum *death = arena_array(a, daynum, n + 1);
    int32_t *area = arena_array(a, int32_t, households + 1);
    for (uint32_t h = 0, p = 0; h < households; h++) {
        open[h] = dice_chance(d, 10);
        area[h] = (int32_t)dice_below(d, (uint32_t)s->n_areas + 1) - 1;
        for (uint32_t k = 0; k < sizes[h]; k++, p++) {
            household_of[p] = h;
            member[p] = dice_chance(d, 75) ? RULES_LIVING : dice_chance(d, 60) ? RULES_DEAD : RULES_FORMER;
            death[p] = member[p] == RULES_DEAD && !dice_chance(d, 15) ? (daynum)near_day(d, as_of) : DAY_MISSING;
        }
    }
    struct val **pa = arena_array(a, struct val *, s->n_attrs + 1), **ha = arena_array(a, struct val *, s->n_attrs + 1);
    for (size_t i = 0; i < s->n_attrs; i++) {
        bool person = s->attrs[i].entity == RULES_PERSON;
        uint32_t count = person ? n : households;
        struct val *v = arena_array(a, struct val, count + 1);
        for (uint32_t k = 0; k < count; k++) {
            v[k] = random_value(d, s, s->attrs[i].type, s->attrs[i].enumeration, as_of);
        }
        (person ? pa : ha)[i] = v;
    }
    const uint8_t **cover = arena_array(a, const uint8_t *, s->n_tables + 1);
    for (size_t i = 0; i < s->n_tables; i++) {
        cover[i] = random_cover(d, a, n);
    }
    out->household_of = household_of, out->member = member, out->death = death, out->open = open, out->area = area;
    out->person_attrs = pa, out->household_attrs = ha, out->table_cover = cover;
    out->change_cover = random_cover(d, a, n);
    random_rows(d, a, out, rows);
    random_changes(d, a, out);
}
